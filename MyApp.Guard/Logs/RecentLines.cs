using System.Text;

namespace MyApp.Guard.Logs;

/// <summary>The last lines of an instance as bytes, for its status: nothing is decoded before someone asks. Used under the pump's gate.</summary>
internal sealed class RecentLines
{
    /// <summary>Bytes kept, so that a thousand instances fit into the guard.</summary>
    public const int Kept = 8 * 1024;
    private byte[] bytes = [];
    private int used;

    /// <param name="lines">Whole lines without prefixes, each with its end.</param>
    public void Add(ReadOnlySpan<byte> lines)
    {
        lines = lines[Math.Max(0, lines.Length - Kept)..];
        var stays = Math.Min(used, Kept - lines.Length);
        bytes.AsSpan(used - stays, stays).CopyTo(bytes);
        used = stays + lines.Length;
        if (bytes.Length < used)
            Array.Resize(ref bytes, Math.Min(Kept, Math.Max(used, bytes.Length * 2)));
        lines.CopyTo(bytes.AsSpan(stays));
    }

    /// <returns>At most <paramref name="count"/>, oldest first. Of a very long one the beginning is missing.</returns>
    public List<string> Last(int count)
    {
        var lines = new List<string>();
        var rest = bytes.AsSpan(0, used);
        while (lines.Count < count && !rest.IsEmpty)
        {
            rest = rest[^1] == (byte)'\n' ? rest[..^1] : rest;
            var start = rest.LastIndexOf((byte)'\n') + 1;
            // What was there first may be a part of a line; a lone one is better shown than nothing.
            if (start > 0 || used < Kept || lines.Count == 0)
                lines.Add(Encoding.UTF8.GetString(rest[start..]).TrimEnd('\r'));
            rest = rest[..start];
        }

        lines.Reverse();
        return lines;
    }
}
