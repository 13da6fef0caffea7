using MyApp.Guard.Spawning;

namespace MyApp.Guard.Fleet;

/// <summary>Memory and cpu of an instance's group, measured when someone asks and at most once a second.</summary>
internal sealed class GroupUsage(TimeProvider clock)
{
    // USER_HZ, the unit of /proc/PID/stat, is 100 on every Linux.
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private int pid;
    private long at;
    private long ticks;
    private (long? Memory, double? Cpu) last;

    public (long? Memory, double? Cpu) Measure(ProcessGroup? group)
    {
        lock (gate)
        {
            if (group is null)
                return (null, null);
            var known = pid == group.Leader.Pid;
            if (known && clock.GetElapsedTime(at) < Interval)
                return last;
            var members = group.Members(Interval / 2);
            var now = clock.GetTimestamp();
            var used = members.Sum(m => m.CpuTicks);
            // A member that ended takes its ticks along; what is left may then be less than before.
            double? cpu = known ? Math.Round(Math.Max(0, used - ticks) / TicksPerSecond / clock.GetElapsedTime(at, now).TotalSeconds * 100, 1) : null;
            (pid, at, ticks) = (group.Leader.Pid, now, used);
            return last = (members.Sum(m => m.ResidentPages) * Environment.SystemPageSize, cpu);
        }
    }
}
