using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Reads the end of a log without reading all of it.</summary>
internal static class LogTail
{
    private const int Block = 64 * 1024;

    /// <param name="since">Only lines from this time on; null: from the beginning.</param>
    /// <returns>At most <paramref name="count"/> lines, oldest first, from the live file and as many older ones as needed.</returns>
    public static List<GuardLogLine> Read(LogSnapshot log, int count, DateTimeOffset? since)
    {
        var found = new List<GuardLogLine>();
        foreach (var part in log.Parts)
        {
            if (found.Count >= count)
                break;
            found.InsertRange(0, Last(part, log.Stream, count - found.Count, since));
        }

        return found;
    }

    private static Queue<GuardLogLine> Last(LogSnapshot.Part part, LogStream stream, int count, DateTimeOffset? since)
    {
        var start = part.Compressed ? 0 : StartOfLast(part, count);
        if (since is { } time && !part.Compressed)
            start = Math.Max(start, LogSearch.FirstAtOrAfter(part, time));
        using var text = part.Text(start);
        var lines = new Queue<GuardLogLine>();
        foreach (var line in new TextLines(text, part.Compressed ? long.MaxValue : part.Length - start))
        {
            // What the guard has not written, or only in part, is shown all the same.
            var known = LogLineFormat.TryParse(line, out var at, out var instance, out var rest);
            var parsed = known ? new GuardLogLine(at, stream.Name(), instance, rest) : new GuardLogLine(part.Ended, stream.Name(), "", line);
            if (parsed.Time < since)
                continue;
            lines.Enqueue(parsed);
            if (lines.Count > count)
                lines.Dequeue();
        }

        return lines;
    }

    // Read backwards by blocks until there is one newline more than lines: the one before the first wanted line.
    private static long StartOfLast(LogSnapshot.Part part, int count)
    {
        var start = part.Length;
        var newlines = 0;
        var block = new byte[Block];
        while (start > 0 && newlines <= count)
        {
            var size = (int)Math.Min(Block, start);
            start -= size;
            var got = RandomAccess.Read(part.File.SafeFileHandle, block.AsSpan(0, size), start);
            newlines += block.AsSpan(0, got).Count((byte)'\n');
        }

        return start;
    }
}
