using System.Text;

namespace MyApp.Guard.Logs;

/// <summary>The last lines of a pipe as bytes, for the status: nothing is decoded before someone asks. Used under the pump's gate.</summary>
internal sealed class RecentLines
{
    /// <summary>Bytes kept, so that a thousand instances fit into the guard.</summary>
    public const int Kept = 8 * 1024;

    private readonly Queue<(DateTimeOffset Time, int Length)> chunks = [];
    private byte[] bytes = [];
    private int used;
    private int timed;

    /// <param name="lines">Whole lines without prefixes, each with its end.</param>
    public void Add(ReadOnlySpan<byte> lines, DateTimeOffset time)
    {
        if (lines.IsEmpty)
            return;
        lines = lines[Math.Max(0, lines.Length - Kept)..];
        var stays = Math.Min(used, Kept - lines.Length);
        bytes.AsSpan(used - stays, stays).CopyTo(bytes);
        used = stays + lines.Length;
        if (bytes.Length < used)
            Array.Resize(ref bytes, Math.Min(Kept, Math.Max(used, bytes.Length * 2)));
        lines.CopyTo(bytes.AsSpan(stays));
        chunks.Enqueue((time, lines.Length));
        timed += lines.Length;
        while (timed - chunks.Peek().Length >= used)
            timed -= chunks.Dequeue().Length;
    }

    /// <returns>At most <paramref name="count"/>, oldest first. Of a very long one the beginning is missing.</returns>
    public List<(DateTimeOffset Time, string Text)> Last(int count)
    {
        var lines = new List<(DateTimeOffset, string)>();
        var rest = bytes.AsSpan(0, used);
        var begins = used;
        foreach (var (time, length) in chunks.Reverse())
        {
            begins = Math.Max(0, begins - length);
            while (lines.Count < count && rest.Length > begins)
                rest = TakeLast(rest, time, lines);
        }

        lines.Reverse();
        return lines;
    }

    private Span<byte> TakeLast(Span<byte> rest, DateTimeOffset time, List<(DateTimeOffset, string)> lines)
    {
        var line = rest[^1] == (byte)'\n' ? rest[..^1] : rest;
        var start = line.LastIndexOf((byte)'\n') + 1;
        // What was there first may be a part of a line; a lone one is better shown than nothing.
        if (start > 0 || used < Kept || lines.Count == 0)
            lines.Add((time, Encoding.UTF8.GetString(line[start..]).TrimEnd('\r')));
        return rest[..start];
    }
}
