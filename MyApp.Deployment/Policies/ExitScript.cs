using System.Globalization;
using MyApp.Deployment.Specs;
using MyApp.Supervision.Restarts;

namespace MyApp.Deployment.Policies;

/// <summary>
/// The written form of planned exits: <c>CAUSE@UPTIME[*TIMES][:unready]</c>, separated by commas. The cause is an exit code or a signal's
/// name, e.g. <c>1@2s*3:unready,SIGKILL@40m,0@1h</c>.
/// </summary>
public static class ExitScript
{
    private const int MostExits = 1000;
    private const string Unready = ":unready";
    private const string Form = "write CODE@UPTIME or SIGNAL@UPTIME, such as 1@2s, SIGKILL@40m, 1@2s*10 or 1@5s:unready";

    /// <returns>What was written, or why it can't be understood.</returns>
    public static (IReadOnlyList<PlannedExit> Exits, string? Problem) Read(string text)
    {
        var exits = new List<PlannedExit>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ReadPart(part) is not { } found)
                return ([], $"'{part}' is no exit; {Form}");
            if (exits.Count + found.Times > MostExits)
                return ([], $"more than {MostExits} exits");
            exits.AddRange(Enumerable.Repeat(found.Exit, found.Times));
        }

        return (exits, null);
    }

    private static (PlannedExit Exit, int Times)? ReadPart(string part)
    {
        var ready = !part.EndsWith(Unready, StringComparison.Ordinal);
        var rest = ready ? part : part[..^Unready.Length];
        var times = 1;
        if (rest.LastIndexOf('*') is > 0 and var star)
        {
            if (!int.TryParse(rest[(star + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out times) || times is < 1 or > MostExits)
                return null;
            rest = rest[..star];
        }

        return rest.Split('@') is [var cause, var uptime] && Cause(cause) is { } read && Quantities.Duration(uptime) is { } after
            ? (new(read, after, ready), times)
            : null;
    }

    // The names are those in which the guard itself tells of a signal.
    private static ExitCause? Cause(string text)
    {
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return new(ExitKind.Exited, code);
        return Enumerable.Range(1, 31).Select(signal => new ExitCause(ExitKind.Killed, signal)).FirstOrDefault(cause => cause.Describe() == $"killed by {text}");
    }
}
