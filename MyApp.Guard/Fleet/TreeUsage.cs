using MyApp.Guard.Native;
using MyApp.Guard.Spawning;

namespace MyApp.Guard.Fleet;

/// <summary>Memory and cpu of all of an instance's processes, measured when someone asks and at most once a second.</summary>
internal sealed class TreeUsage(TimeProvider clock)
{
    // USER_HZ, the unit of /proc/PID/stat, is 100 on every Linux.
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private int pid;
    private long at;
    private TimeSpan used;
    private (long? Memory, double? Cpu) last;

    public (long? Memory, double? Cpu) Measure(ProcessTree? tree)
    {
        lock (gate)
        {
            if (tree is null)
                return (null, null);
            var known = pid == tree.Leader.Pid;
            if (known && clock.GetElapsedTime(at) < Interval)
                return last;
            if (TryRead(tree) is not var (memory, total))
                return (null, null);
            var now = clock.GetTimestamp();
            // Where ticks are summed, a member that ended takes its own along; what is left may then be less than before.
            double? cpu = known ? Math.Round(Math.Max(0, (total - used) / clock.GetElapsedTime(at, now)) * 100, 1) : null;
            (pid, at, used) = (tree.Leader.Pid, now, total);
            return last = (memory, cpu);
        }
    }

    // Null: no descriptors are left to look with; that must not keep anyone from the rest of what is known.
    private static (long Memory, TimeSpan Used)? TryRead(ProcessTree tree)
    {
        try
        {
            return Read(tree);
        }
        catch (Exception e) when (LastDescriptor.IsShortage(e))
        {
            return null;
        }
    }

    private static (long Memory, TimeSpan Used) Read(ProcessTree tree)
    {
        var (memory, used) = (tree.Cgroup?.MemoryBytes(), tree.Cgroup?.CpuTime());
        if (memory is null || used is null)
        {
            var members = tree.Members(Interval / 2);
            memory ??= members.Sum(m => m.ResidentPages) * Environment.SystemPageSize;
            used ??= TimeSpan.FromSeconds(members.Sum(m => m.CpuTicks) / TicksPerSecond);
        }

        return (memory.Value, used.Value);
    }
}
