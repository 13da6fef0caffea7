using System.Globalization;
using MyApp.Supervision.Processes;

namespace MyApp.Guard.Native;

/// <summary>
/// One process as /proc/PID/stat tells it; see proc(5). <see cref="StartTime"/> is in clock ticks since boot; <see cref="ExitStatus"/>,
/// as of wait(2), is that of a zombie.
/// </summary>
internal sealed record ProcessStat(
    int Pid, string Name, char State, int Parent, int Group, int Session, long StartTime, long CpuTicks, long ResidentPages, int ExitStatus)
{
    public bool IsZombie => State is 'Z' or 'X';
}

/// <summary>What the kernel says of running processes.</summary>
internal static class ProcFs
{
    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <returns>Null when there is no such process.</returns>
    /// <exception cref="IOException">No descriptors are left, so that nobody knows.</exception>
    public static ProcessStat? Stat(int pid)
    {
        try
        {
            return Parse(LastDescriptor.Do(() => File.ReadAllText($"/proc/{pid}/stat")));
        }
        catch (IOException e) when (!LastDescriptor.IsShortage(e))
        {
            // It ended: before the open (ENOENT) or before the read (ESRCH).
            return null;
        }
    }

    /// <returns>Null when there is no such process.</returns>
    public static ProcessIdentity? Identify(int pid) => Stat(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTime, BootId) : null;

    /// <summary>Whether it is still that process, and more than a zombie.</summary>
    public static bool IsAlive(ProcessIdentity process) =>
        process.BootId == BootId && Stat(process.Pid) is { IsZombie: false } stat && stat.StartTime == process.StartTime;

    public static IEnumerable<ProcessStat> All()
    {
        foreach (var folder in LastDescriptor.Do(() => Directory.GetDirectories("/proc")))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Stat(pid) is { } stat)
                yield return stat;
        }
    }

    /// <summary>Direct children of the guard, zombies with them. Orphans of what it started come to it, as it is a subreaper.</summary>
    public static IEnumerable<int> OwnChildren()
    {
        foreach (var thread in LastDescriptor.Do(() => Directory.GetDirectories("/proc/self/task")))
        {
            foreach (var child in ReadOrEmpty($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                yield return int.Parse(child, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether a process began with this variable in its environment; false where that can't be seen.</summary>
    /// <param name="variable"><c>NAME=value</c>.</param>
    public static bool HasVariable(int pid, string variable) => ReadOrEmpty($"/proc/{pid}/environ").Split('\0').Contains(variable);

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return LastDescriptor.Do(() => File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>How long ago a process was made; <paramref name="startTime"/> as in <see cref="ProcessStat"/>.</summary>
    public static TimeSpan Age(long startTime)
    {
        // 12345.67 54321.00: seconds since boot, and of idling. The unit of start times, USER_HZ, is 100 on every Linux.
        var uptime = double.Parse(LastDescriptor.Do(() => File.ReadAllText("/proc/uptime")).Split(' ')[0], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(Math.Max(0, uptime - (startTime / 100.0)));
    }

    /// <summary>What a descriptor of a process is open on; null where that can't be seen.</summary>
    public static string? LinkTarget(int pid, int fd)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/fd/{fd}").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // 4242 (my (odd) name) S 1 4242 4242 0 -1 4194560 … : the name may hold spaces and parentheses.
    internal static ProcessStat Parse(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var end = line.LastIndexOf(')');
        var rest = line[(end + 2)..].Split(' ');
        long Number(int field) => long.Parse(rest[field - 3], CultureInfo.InvariantCulture);
        return new ProcessStat(
            int.Parse(line.AsSpan(0, open - 1), CultureInfo.InvariantCulture), line[(open + 1)..end], rest[0][0],
            (int)Number(4), (int)Number(5), (int)Number(6), Number(22), Number(14) + Number(15), Number(24), (int)Number(52));
    }
}
