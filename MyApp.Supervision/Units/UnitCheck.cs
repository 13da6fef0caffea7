using MyApp.Supervision.Ordering;

namespace MyApp.Supervision.Units;

/// <summary>What is wrong with a unit, whoever it came from. A target trusts no unit it has not checked.</summary>
public static class UnitCheck
{
    private const int MaxName = 63;
    private const int MaxReplicas = 1000;

    /// <returns>Problems in words, each beginning with the field's path; empty: none.</returns>
    public static IReadOnlyList<string> Problems(Unit unit)
    {
        var problems = new List<string>();
        void Check(bool wrong, string problem)
        {
            if (wrong)
                problems.Add(problem);
        }

        Check(!IsName(unit.Service), "service: 1 to 63 lower-case letters, digits and hyphens, starting with a letter");
        Check(!IsName(unit.Environment), "environment: 1 to 63 lower-case letters, digits and hyphens, starting with a letter");
        Check(!IsReleaseId(unit.Release), "release: 1 to 160 letters, digits, dots, hyphens and underscores, starting with a letter or digit");
        Check(!Path.IsPathRooted(unit.Executable), "executable: must be an absolute path");
        Check(unit.WorkingDirectory is { } folder && !Path.IsPathRooted(folder), "workingDirectory: must be an absolute path");
        Check(unit.Args.Append(unit.Executable).Any(HasNul), "args: a NUL can't be passed to a program");
        Check(unit.Env.Any(e => e.Key.Length == 0 || e.Key.Contains('=', StringComparison.Ordinal) || HasNul(e.Key) || HasNul(e.Value)),
            "env: names must not be empty or hold '=', and nothing may hold a NUL");
        Check(unit.Replicas is < 1 or > MaxReplicas, "replicas: must be 1 to 1000");
        Check(unit.Restart.Initial < TimeSpan.Zero || unit.Restart.Max < unit.Restart.Initial, "restart: initial must not be negative or above max");
        Check(unit.Stop.Grace < TimeSpan.Zero || unit.Stop.Drain < TimeSpan.Zero, "stop: durations must not be negative");
        Check(unit.Logs.MaxFileBytes < 1 || unit.Logs.KeepFiles < 0, "logs: maxFileBytes must be at least 1, keepFiles at least 0");
        Check(unit.Logs.KeepFor < TimeSpan.Zero || unit.Logs.MaxTotalBytes < 1 || unit.Logs.ClassifyBy is "",
            "logs: keepFor must not be negative, maxTotalBytes at least 1, classifyBy not empty");
        ProcessProblems(unit.Process, Check);
        ResourceProblems(unit.Resources, Check);
        PortProblems(unit, Check);
        foreach (var (name, probe) in new[] { ("startup", unit.Startup), ("readiness", unit.Readiness), ("liveness", unit.Liveness) })
            ProbeProblems(unit, name, probe, Check);
        Check(unit.Heartbeat is { } heartbeat && heartbeat.Interval <= TimeSpan.Zero, "heartbeat.interval: must be above zero");
        foreach (var dependency in unit.DependsOn)
            DependencyProblems(dependency, Check);
        return problems;
    }

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxName && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    // It becomes part of file names.
    private static bool IsReleaseId(string id) =>
        id.Length is >= 1 and <= 160 && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static void ProcessProblems(ProcessRule rule, Action<bool, string> check)
    {
        check(rule.Umask is < 0 or > 0b111_111_111, "process.umask: must be 0 to 0777");
        check(rule.Nice is < -20 or > 19, "process.nice: must be -20 to 19");
        check(rule.OomScoreAdjust is < -1000 or > 1000, "process.oomScoreAdjust: must be -1000 to 1000");
        check(rule.CoreBytes is < 0 || rule.LockedBytes is < 0 || rule.StackBytes is < 0, "process: coreBytes, lockedBytes and stackBytes must not be negative");
    }

    private static void ResourceProblems(ResourceLimits limits, Action<bool, string> check)
    {
        check(limits.Files is < 1, "resources.files: must be at least 1");
        check(limits.Pids is < 1, "resources.pids: must be at least 1");
        check(limits.CpuRequestMillicores is < 1 || limits.CpuLimitMillicores is < 1, "resources: cpu must be at least 1 millicore");
        check(limits.CpuRequestMillicores > limits.CpuLimitMillicores, "resources: the cpu request must not be above the limit");
        check(limits.MemoryRequestBytes is < 1 || limits.MemoryLimitBytes is < 1, "resources: memory must be at least 1 byte");
        check(limits.MemoryRequestBytes > limits.MemoryLimitBytes, "resources: the memory request must not be above the limit");
    }

    private static void PortProblems(Unit unit, Action<bool, string> check)
    {
        check(unit.Ports.Any(p => p.Port is < 1 or > 65535), "ports: must be 1 to 65535");
        check(unit.Ports.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != unit.Ports.Count, "ports: names must differ");
        check(unit.Ports.Select(p => p.Port).Distinct().Count() != unit.Ports.Count, "ports: numbers must differ");
        check(unit.Socket != SocketMode.None && unit.Ports.Count == 0, "socket: there is no port to listen on");
        check(unit.Socket == SocketMode.None && unit.Ports.Count > 0 && unit.Replicas > 1,
            "replicas: several copies can't bind one port; use socket: forward");
    }

    private static void ProbeProblems(Unit unit, string name, Probe? probe, Action<bool, string> check)
    {
        if (probe is null)
            return;
        var asksPort = probe.HttpPath is not null || probe.Tcp || probe.Grpc is not null;
        var ways = (probe.HttpPath is null ? 0 : 1) + (probe.Tcp ? 1 : 0) + (probe.Exec.Count > 0 ? 1 : 0) + (probe.Grpc is null ? 0 : 1) + (probe.Notify ? 1 : 0);
        check(ways != 1, $"{name}: exactly one of httpPath, tcp, exec, grpc and notify must be set");
        check(probe.HttpPath is { } path && (!path.StartsWith('/') || path.Any(c => c is <= ' ' or >= (char)127)),
            $"{name}.httpPath: must start with '/' and be plain ASCII without spaces");
        check(probe.Https && probe.HttpPath is null, $"{name}.https: needs httpPath");
        check(probe.Exec.Count > 0 && (!Path.IsPathRooted(probe.Exec[0]) || probe.Exec.Any(HasNul)), $"{name}.exec: the program must be an absolute path, and nothing may hold a NUL");
        check(probe.Notify && name != "startup", $"{name}.notify: only the startup probe can wait for READY=1");
        check(asksPort && unit.Ports.Count == 0, $"{name}: there is no port to ask");
        check(asksPort && probe.Port is { } port && unit.Ports.All(p => p.Name != port), $"{name}.port: there is no port '{probe.Port}'");
        check(probe.Period <= TimeSpan.Zero || probe.Timeout <= TimeSpan.Zero, $"{name}: period and timeout must be above zero");
    }

    private static void DependencyProblems(UnitDependency dependency, Action<bool, string> check)
    {
        var path = $"dependsOn.{dependency.Name}";
        var ways = (dependency.Service is null ? 0 : 1) + (dependency.Check is null ? 0 : 1) + (dependency.Exec.Count > 0 ? 1 : 0);
        check(ways != 1, $"{path}: exactly one of service, check and exec must be set");
        check(dependency.Check is { } text && CheckAddress.TryParse(text, out _) is null, $"{path}.check: {WhyNot(dependency.Check)}");
        check(dependency.Exec.Count > 0 && (!Path.IsPathRooted(dependency.Exec[0]) || dependency.Exec.Any(HasNul)),
            $"{path}.exec: the program must be an absolute path, and nothing may hold a NUL");
        check(dependency.Timeout <= TimeSpan.Zero, $"{path}.timeout: must be above zero");
    }

    private static string? WhyNot(string? address)
    {
        CheckAddress.TryParse(address ?? "", out var problem);
        return problem;
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
}
