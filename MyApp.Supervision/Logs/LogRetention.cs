using MyApp.Supervision.Units;

namespace MyApp.Supervision.Logs;

/// <summary>What becomes of rotated files.</summary>
public static class LogRetention
{
    /// <param name="files">All rotated files of a service in an environment.</param>
    /// <param name="liveBytes">Of its live files together.</param>
    /// <returns>Those to be removed: over the number for their stream, over the age, and the oldest of all until the total is kept.</returns>
    public static IReadOnlyList<RotatedLog> ToRemove(IReadOnlyCollection<RotatedLog> files, long liveBytes, LogRule rule, DateTimeOffset now)
    {
        var removed = new List<RotatedLog>();
        var kept = new List<RotatedLog>();
        foreach (var stream in files.GroupBy(f => f.Stream))
        {
            var place = 0;
            foreach (var file in stream.OrderByDescending(f => f.Ended))
                (place++ >= (rule.KeepFiles ?? int.MaxValue) || now - file.Ended > rule.KeepFor ? removed : kept).Add(file);
        }

        var total = liveBytes + kept.Sum(f => f.Bytes);
        foreach (var file in kept.OrderBy(f => f.Ended).TakeWhile(_ => total > rule.MaxTotalBytes))
        {
            removed.Add(file);
            total -= file.Bytes;
        }

        return removed;
    }

    /// <returns>Those to be compressed, the youngest first: all but the youngest of each stream, which people still look into.</returns>
    public static IReadOnlyList<RotatedLog> ToCompress(IEnumerable<RotatedLog> files) =>
        [.. files.GroupBy(f => f.Stream).SelectMany(s => s.OrderByDescending(f => f.Ended).Skip(1)).Where(f => !f.Compressed).OrderByDescending(f => f.Ended)];
}
