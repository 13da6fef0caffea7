using System.Globalization;

namespace MyApp.Tests.Support;

/// <summary>One process as /proc/PID/stat tells it; see proc(5). Times are in clock ticks.</summary>
internal sealed record ProcStat(int Pid, char State, int Parent, int Session, long StartTime, long CpuTicks)
{
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>It is there, still that process, and more than a zombie.</summary>
    public bool StillRuns => Of(Pid) is { IsZombie: false } now && now.StartTime == StartTime;

    /// <returns>Null when there is no such process.</returns>
    public static ProcStat? Of(int pid)
    {
        try
        {
            // 4242 (my (odd) name) S 1 4242 4242 0 …
            var line = File.ReadAllText($"/proc/{pid}/stat");
            var rest = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            long Number(int field) => long.Parse(rest[field - 3], CultureInfo.InvariantCulture);
            return new ProcStat(pid, rest[0][0], (int)Number(4), (int)Number(6), Number(22), Number(14) + Number(15));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static IEnumerable<ProcStat> Running() =>
        Directory.EnumerateDirectories("/proc").Select(f => int.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Of(pid) : null)
            .OfType<ProcStat>().Where(s => !s.IsZombie);
}
