using MyApp.Guard.Containment;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Refuses units this guard can't run as they ask to be run. Nothing is dropped silently.</summary>
internal static class UnitAdmission
{
    /// <exception cref="GuardException"><c>bad-request</c> or <c>unsupported</c>, naming the fields.</exception>
    public static void Check(Unit unit, CgroupRoot cgroups)
    {
        var problems = UnitCheck.Problems(unit);
        if (problems.Count > 0)
            throw new GuardException("bad-request", string.Join("; ", problems));
        var unsupported = cgroups.Unenforceable(unit.Resources).ToList();
        if (unsupported.Count > 0)
            throw new GuardException("unsupported", $"this guard does not enforce {string.Join(", ", unsupported)}");
    }
}
