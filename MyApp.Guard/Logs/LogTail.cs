using System.Text;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Reads the end of a log without reading all of it.</summary>
internal static class LogTail
{
    private const int Block = 64 * 1024;

    /// <returns>At most <paramref name="count"/> lines, oldest first, from the live file and as many older ones as needed.</returns>
    public static List<GuardLogLine> Read(LogFile log, string stream, int count)
    {
        var found = new List<GuardLogLine>();
        foreach (var path in log.Newest())
        {
            if (found.Count >= count)
                break;
            found.InsertRange(0, ReadFile(path, stream, count - found.Count));
        }

        return found;
    }

    private static IEnumerable<GuardLogLine> ReadFile(string path, string stream, int count)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        foreach (var line in LastLines(file, count))
        {
            if (LogLineFormat.TryParse(line, out var time, out var instance, out var text))
                yield return new GuardLogLine(time, stream, instance, text);
        }
    }

    private static IEnumerable<string> LastLines(FileStream file, int count)
    {
        var start = file.Length;
        var newlines = 0;
        var block = new byte[Block];
        // One newline more than lines: the one before the first wanted line.
        while (start > 0 && newlines <= count)
        {
            var size = (int)Math.Min(Block, start);
            start -= size;
            file.Position = start;
            file.ReadExactly(block, 0, size);
            newlines += block.AsSpan(0, size).Count((byte)'\n');
        }

        file.Position = start;
        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, Block, leaveOpen: true);
        var lines = new Queue<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Enqueue(line);
            if (lines.Count > count)
                lines.Dequeue();
        }

        return lines;
    }
}
