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
        PortProblems(unit, Check);
        SocketCheck.Problems(unit, Check);
        ProbeCheck.Problems(unit, Check);
        LifeCheck.Problems(unit, Check);
        ProcessCheck.Problems(unit, Check);
        NeedCheck.Problems(unit, Check);
        ConfigCheck.Problems(unit, Check);
        return problems;
    }

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxName && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Empty, or an absolute path and arguments that can be passed.</summary>
    internal static bool IsCommand(IReadOnlyList<string> exec) => exec.Count == 0 || (Path.IsPathRooted(exec[0]) && !exec.Any(HasNul));

    // It becomes part of file names.
    private static bool IsReleaseId(string id) =>
        id.Length is >= 1 and <= 160 && char.IsAsciiLetterOrDigit(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static void PortProblems(Unit unit, Action<bool, string> check)
    {
        check(unit.Ports.Any(p => p.Port is < 1 or > 65535), "ports: must be 1 to 65535");
        check(unit.Ports.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != unit.Ports.Count, "ports: names must differ");
        check(unit.Ports.Select(p => p.Port).Distinct().Count() != unit.Ports.Count, "ports: numbers must differ");
        check(unit.Socket != SocketMode.None && unit.Ports.Count == 0, "socket: there is no port to listen on");
        check(unit.Socket == SocketMode.None && unit.Ports.Count > 0 && unit.Replicas > 1,
            "replicas: several copies can't bind one port; use socket: forward");
    }

    private static bool HasNul(string text) => text.Contains('\0', StringComparison.Ordinal);
}
