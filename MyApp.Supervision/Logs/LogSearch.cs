using System.Text;
using MyApp.Supervision.Control;

namespace MyApp.Supervision.Logs;

/// <summary>Finds lines in the files of a log: from the end backwards, between two times that are found by halving, as the lines are in order of time.</summary>
public static class LogSearch
{
    /// <returns>The last lines of all these streams together, oldest first.</returns>
    public static IReadOnlyList<GuardLogLine> Read(IReadOnlyCollection<LogSnapshot> logs, LogWanted wanted, CancellationToken ct = default) =>
        [.. logs.SelectMany(log => Read(log, wanted, ct)).OrderBy(line => line.Time).TakeLast(wanted.Count)];

    private static IEnumerable<GuardLogLine> Read(LogSnapshot log, LogWanted wanted, CancellationToken ct)
    {
        var found = new List<IReadOnlyCollection<GuardLogLine>>();
        var missing = wanted.Count;
        foreach (var part in log.Parts)
        {
            if (missing == 0)
                break;
            var last = wanted.Until is { } until ? part.First(time => time > until) : part.Segments;
            var first = last > 0 && wanted.Since is { } since ? Math.Max(0, part.First(time => time >= since) - 1) : 0;
            for (var segment = last - 1; segment >= first && missing > 0; segment--)
            {
                ct.ThrowIfCancellationRequested();
                var lines = Last(part, segment, log.Stream, wanted, missing);
                found.Add(lines);
                missing -= lines.Count;
            }
        }

        return Enumerable.Reverse(found).SelectMany(lines => lines);
    }

    private static Queue<GuardLogLine> Last(LogPart part, int segment, LogStream stream, LogWanted wanted, int count)
    {
        var lines = new Queue<GuardLogLine>();
        using var text = part.Open(segment);
        var scanner = new LineScanner(text, wanted.Contained);
        try
        {
            while (scanner.TryNext(out var line))
            {
                if (wanted.Test?.Invoke(line[LogLineFormat.TextStart(line)..]) == false)
                    continue;
                var parsed = Parse(part, stream, line);
                if (parsed.Time < wanted.Since || parsed.Time > wanted.Until)
                    continue;
                lines.Enqueue(parsed);
                if (lines.Count > count)
                    lines.Dequeue();
            }
        }
        catch (InvalidDataException)
        {
            lines.Enqueue(new(part.Ended, stream.Name(), "", $"[lines are missing here: {Path.GetFileName(part.Path)} is damaged]"));
        }

        return lines;
    }

    // What the guard has not written, or only in part, is shown all the same.
    private static GuardLogLine Parse(LogPart part, LogStream stream, ReadOnlySpan<byte> line)
    {
        var whole = Encoding.UTF8.GetString(line);
        return LogLineFormat.TryParse(whole, out var time, out var instance, out var text)
            ? new(time, stream.Name(), instance, text) : new(part.Ended, stream.Name(), "", whole);
    }
}
