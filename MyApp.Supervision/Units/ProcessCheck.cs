namespace MyApp.Supervision.Units;

/// <summary>The part of <see cref="UnitCheck"/> about what a process is given, and what is kept of its output.</summary>
internal static class ProcessCheck
{
    private const int MostUmask = 0b111_111_111;

    public static void Problems(Unit unit, Action<bool, string> check)
    {
        var process = unit.Process;
        check(process.Umask is < 0 or > MostUmask, "process.umask: must be 0 to 511 (octal 0777)");
        check(process.Nice is < -20 or > 19, "process.nice: must be -20 to 19");
        check(process.OomScoreAdjust is < -1000 or > 1000, "process.oomScoreAdjust: must be -1000 to 1000");
        check(process.CoreBytes < 0 || process.LockedBytes < 0 || process.StackBytes < 0, "process: sizes must not be negative");
        check(process.Groups.Any(group => group.Length == 0 || group.Any(c => c is <= ' ' or ':' or >= (char)127)),
            "process.groups: must be names or numbers of groups");
        OfLogs(unit.Logs, check);
        OfResources(unit.Resources, check);
    }

    private static void OfLogs(LogRule logs, Action<bool, string> check)
    {
        check(logs.MaxFileBytes < 1 || logs.KeepFiles < 0, "logs: maxFileBytes must be at least 1, keepFiles at least 0");
        check(logs.KeepFor <= TimeSpan.Zero, "logs.keepFor: must be above zero");
        check(logs.MaxTotalBytes < logs.MaxFileBytes, "logs.maxTotalBytes: must be at least maxFileBytes");
        check(logs.ClassifyBy is { Length: 0 }, "logs.classifyBy: must not be empty");
    }

    private static void OfResources(ResourceLimits resources, Action<bool, string> check)
    {
        check(resources.Files is < 1, "resources.files: must be at least 1");
        check(resources.Pids is < 1, "resources.pids: must be at least 1");
        check(resources.CpuRequestMillicores is < 1 || resources.CpuLimitMillicores is < 1, "resources.cpu: must be at least 1 millicore");
        check(resources.MemoryRequestBytes is < 1 || resources.MemoryLimitBytes is < 1, "resources.memory: must be at least 1 byte");
        check(resources.CpuRequestMillicores > resources.CpuLimitMillicores || resources.MemoryRequestBytes > resources.MemoryLimitBytes,
            "resources: what is asked for must not be above the limit");
    }
}
