using MyApp.Guard.Native;

namespace MyApp.Guard.Spawning;

/// <summary>What a process that has ended, and those it waited for, have used.</summary>
/// <param name="MaxMemoryBytes">The most one of them had; null: it can't be told.</param>
internal readonly record struct ProcessUse(long? MaxMemoryBytes, double CpuSeconds)
{
    /// <summary>Longs in struct rusage.</summary>
    public const int Fields = 18;

    private const int Self = 0;
    private const int MaxResident = 4;

    // User and system time as seconds and microseconds, then the largest resident size in KiB.
    public static unsafe ProcessUse Of(long* usage)
    {
        var cpu = usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
        // Until execve it shares the memory of the guard and is charged with that: less than the guard's own was never told.
        var own = stackalloc long[Fields];
        var known = Libc.getrusage(Self, own) == 0 && usage[MaxResident] > own[MaxResident];
        return new ProcessUse(known ? usage[MaxResident] * 1024 : null, cpu);
    }
}
