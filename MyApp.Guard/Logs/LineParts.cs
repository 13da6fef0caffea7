using System.Collections;

namespace MyApp.Guard.Logs;

/// <summary>Cuts bytes at line ends. The last part has none when the line goes on.</summary>
internal sealed class LineParts(ReadOnlyMemory<byte> bytes) : IEnumerable<(ReadOnlyMemory<byte> Text, bool Ends)>
{
    public IEnumerator<(ReadOnlyMemory<byte> Text, bool Ends)> GetEnumerator()
    {
        var rest = bytes;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            yield return end < 0 ? (rest, false) : (rest[..end], true);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
