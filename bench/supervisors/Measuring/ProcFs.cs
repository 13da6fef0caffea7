using System.Globalization;
using MyApp.Supervision.Processes;

namespace MyApp.Bench.Supervisors.Measuring;

/// <summary>What the kernel knows of processes; see proc(5).</summary>
internal static class ProcFs
{
    private static readonly string Boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static ProcessIdentity? Identify(int pid) => Fields(pid) is { } fields ? new(pid, long.Parse(fields[19], CultureInfo.InvariantCulture), Boot) : null;

    public static bool IsRunning(ProcessIdentity process) =>
        Fields(process.Pid) is { } fields && fields[0] is not ("Z" or "X") && long.Parse(fields[19], CultureInfo.InvariantCulture) == process.StartTime;

    public static void Signal(ProcessIdentity process, int signal)
    {
        if (IsRunning(process))
            _ = Libc.kill(process.Pid, signal);
    }

    /// <summary>Processes that were started as this path.</summary>
    public static IEnumerable<ProcessIdentity> StartedAs(string path) => Pids().Where(p => Program(p) == path).Select(Identify).OfType<ProcessIdentity>();

    /// <summary>Processes that were started as a file below this folder.</summary>
    public static IEnumerable<ProcessIdentity> StartedBelow(string folder) =>
        Pids().Where(p => Program(p)?.StartsWith(folder + "/", StringComparison.Ordinal) == true).Select(Identify).OfType<ProcessIdentity>();

    /// <summary>A process and all its descendants.</summary>
    public static IReadOnlyList<int> Tree(int root)
    {
        var children = Pids().Select(p => (Pid: p, Fields: Fields(p))).Where(p => p.Fields is not null)
            .ToLookup(p => int.Parse(p.Fields![1], CultureInfo.InvariantCulture), p => p.Pid);
        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
            tree.AddRange(children[tree[i]]);
        return tree;
    }

    public static string Name(int pid) => Text(pid, "comm")?.TrimEnd('\n') ?? "";

    /// <summary>The path it was started as; null when it has ended.</summary>
    public static string? Program(int pid) => Text(pid, "cmdline")?.Split('\0')[0];

    /// <summary>Proportional set size in bytes: shared pages count in part.</summary>
    public static long Pss(int pid)
    {
        foreach (var line in (Text(pid, "smaps_rollup") ?? "").Split('\n'))
        {
            // Pss:                1234 kB
            if (line.StartsWith("Pss:", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(4, line.Length - 6).Trim(), CultureInfo.InvariantCulture) * 1024;
        }

        return 0;
    }

    /// <summary>
    /// Time on a processor of all threads, also of those that have ended, to the nanosecond: clock ticks are too coarse for an idle process.
    /// The clock of a process is clock_getcpuclockid(3)'s: CPUCLOCK_SCHED of the kernel's posix-timers.
    /// </summary>
    public static unsafe TimeSpan Cpu(int pid)
    {
        var time = stackalloc long[2];
        // It may have ended: what it took is lost.
        return Libc.clock_gettime((~pid << 3) | 2, time) < 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000.0);
    }

    private static IEnumerable<int> Pids()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    // From the state on, field 3: 4242 (my (odd) name) S 1 …
    private static string[]? Fields(int pid) => Text(pid, "stat") is { } line ? line[(line.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
