using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Refuses units this guard can't run as they ask to be run. Nothing is dropped silently.</summary>
internal static class UnitAdmission
{
    /// <exception cref="GuardException"><c>bad-request</c> or <c>unsupported</c>, naming the fields.</exception>
    public static void Check(Unit unit)
    {
        var problems = UnitCheck.Problems(unit);
        if (problems.Count > 0)
            throw new GuardException("bad-request", string.Join("; ", problems));
        var unsupported = Unsupported(unit).ToList();
        if (unsupported.Count > 0)
            throw new GuardException("unsupported", $"this guard does not enforce {string.Join(", ", unsupported)}");
    }

    private static IEnumerable<string> Unsupported(Unit unit)
    {
        if (unit.Socket == SocketMode.Inherit)
            yield return "socket: inherit";
        if (unit.DependsOn.Any(d => d.Service is null))
            yield return "dependsOn.check";
        if (unit.Resources.CpuLimitMillicores is not null || unit.Resources.CpuRequestMillicores is not null)
            yield return "resources.cpu";
        if (unit.Resources.MemoryLimitBytes is not null || unit.Resources.MemoryRequestBytes is not null)
            yield return "resources.memory";
        if (unit.Resources.Pids is not null)
            yield return "resources.pids";
    }
}
