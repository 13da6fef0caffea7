using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Looks at most once a second whether the disk below a log has room for more than errors.</summary>
internal sealed class FloorWatch(string folder, LogPump pump)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private long? checkedAt;
    private bool low;

    public LogTrouble Lost { get; } = new(folder, pump);

    public string? Problem => Lost.Problem is null ? null : Lost.ToString();

    public bool IsLow()
    {
        if (checkedAt is { } at && pump.Clock.GetElapsedTime(at) < Every)
            return low;
        checkedAt = pump.Clock.GetTimestamp();
        low = Ask();
        if (low)
            Lost.Met("less than 10 % of the disk is free, and only errors are logged");
        else
            Lost.Over();
        return low;
    }

    private bool Ask()
    {
        try
        {
            var disk = new DriveInfo(folder);
            return DiskFloor.IsLow(low, disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is not there yet, or no longer: writing will tell.
            return false;
        }
    }
}
