namespace MyApp.Guard.Native;

/// <summary>
/// All processes of the machine, read once for everyone who asks at about the same time: a look at a group is a walk through /proc, and
/// when two hundred instances end together each of them needs one.
/// </summary>
internal sealed class ProcessTable(TimeProvider clock)
{
    private readonly Lock gate = new();
    private IReadOnlyList<ProcessStat> all = [];
    private long? began;

    /// <param name="maxAge">Zero: as it is now, read after this call.</param>
    public IReadOnlyList<ProcessStat> All(TimeSpan maxAge)
    {
        var oldest = clock.GetTimestamp() - (long)(maxAge.TotalSeconds * clock.TimestampFrequency);
        lock (gate)
        {
            // One that began while this caller waited for the lock is fresh enough for it.
            if (began is null || began < oldest)
            {
                var now = clock.GetTimestamp();
                all = [.. ProcFs.All()];
                began = now;
            }

            return all;
        }
    }
}
