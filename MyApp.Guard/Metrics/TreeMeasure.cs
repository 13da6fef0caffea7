using System.Globalization;
using MyApp.Guard.Native;
using MyApp.Guard.Spawning;

namespace MyApp.Guard.Metrics;

/// <summary>What the processes of an instance use together.</summary>
/// <param name="PssBytes">Resident memory with shared pages divided among who shares them; null: it can't be seen.</param>
/// <param name="OpenFiles">Null: it can't be seen.</param>
internal readonly record struct TreeMeasure(double CpuSeconds, long? PssBytes, long? OpenFiles)
{
    // USER_HZ, the unit of /proc/PID/stat, is 100 on every Linux.
    private const double TicksPerSecond = 100;

    // Of a walk through /proc, where there is no control group.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(500);

    public static TreeMeasure Of(ProcessTree tree)
    {
        var members = tree.Members(MaxAge);
        return new TreeMeasure(
            tree.Cgroup?.CpuTime()?.TotalSeconds ?? members.Sum(m => m.CpuTicks) / TicksPerSecond,
            Sum(members, m => Pss(m.Pid)),
            Sum(members, m => OpenFilesOf(m.Pid)));
    }

    // A member that has just ended uses nothing; one that can't be looked at makes the sum unknown.
    private static long? Sum(IReadOnlyList<ProcessStat> members, Func<ProcessStat, long?> of)
    {
        long sum = 0;
        foreach (var member in members)
        {
            try
            {
                sum += of(member) ?? 0;
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
            catch (IOException)
            {
                // Ended since.
            }
        }

        return sum;
    }

    // Pss:                1234 kB
    private static long? Pss(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
        {
            if (line.StartsWith("Pss:", StringComparison.Ordinal))
                return 1024 * long.Parse(line.AsSpan(4).Trim().TrimEnd("kB"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static long? OpenFilesOf(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").LongCount();
}
