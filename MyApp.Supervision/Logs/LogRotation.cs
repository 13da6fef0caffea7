using MyApp.Supervision.Units;

namespace MyApp.Supervision.Logs;

/// <summary>When a live file has to make room for a new one.</summary>
public static class LogRotation
{
    /// <param name="bytes">Of the live file; an empty one is never rotated.</param>
    /// <param name="lastWrite">When it was last written.</param>
    /// <param name="coming">Bytes about to be added.</param>
    public static bool IsDue(LogRule rule, long bytes, DateTimeOffset lastWrite, DateTimeOffset now, long coming) =>
        bytes > 0 && (bytes + coming > rule.MaxFileBytes || IsNextPeriod(rule.Rotate, lastWrite, now));

    /// <summary>Hours and days are those of UTC. A clock set back begins no new period.</summary>
    private static bool IsNextPeriod(LogPeriod period, DateTimeOffset before, DateTimeOffset now) => period switch
    {
        LogPeriod.Hour => Number(now, TimeSpan.TicksPerHour) > Number(before, TimeSpan.TicksPerHour),
        LogPeriod.Day => Number(now, TimeSpan.TicksPerDay) > Number(before, TimeSpan.TicksPerDay),
        _ => false,
    };

    private static long Number(DateTimeOffset time, long length) => time.UtcTicks / length;
}
