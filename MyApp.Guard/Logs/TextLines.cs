using System.Collections;
using System.Text;

namespace MyApp.Guard.Logs;

/// <summary>The lines of a stream, which end with <c>\n</c> and nothing else.</summary>
/// <param name="limit">Bytes after which it is not read on.</param>
internal sealed class TextLines(Stream stream, long limit) : IEnumerable<string>
{
    private const int Block = 64 * 1024;

    public IEnumerator<string> GetEnumerator()
    {
        var buffer = new byte[Block];
        var used = 0;
        for (var left = limit; left > 0;)
        {
            if (used == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var count = stream.Read(buffer, used, (int)Math.Min(left, buffer.Length - used));
            if (count == 0)
                break;
            left -= count;
            var (start, seen) = (0, used);
            used += count;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', seen, used - seen)) >= 0; start = seen = end + 1)
                yield return Encoding.UTF8.GetString(buffer, start, end - start);
            buffer.AsSpan(start, used - start).CopyTo(buffer);
            used -= start;
        }

        if (used > 0)
            yield return Encoding.UTF8.GetString(buffer, 0, used);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
