using MyApp.Supervision.Ordering;

namespace MyApp.Supervision.Units;

/// <summary>The part of <see cref="UnitCheck"/> about what must be there first.</summary>
internal static class NeedCheck
{
    public static void Problems(Unit unit, Action<bool, string> check)
    {
        check(unit.DependsOn.Select(d => d.Name).Distinct(StringComparer.Ordinal).Count() != unit.DependsOn.Count, "dependsOn: names must differ");
        foreach (var dependency in unit.DependsOn)
            OfDependency(unit, dependency, check);
    }

    private static void OfDependency(Unit unit, UnitDependency dependency, Action<bool, string> check)
    {
        var path = $"dependsOn.{dependency.Name}";
        bool[] kinds = [dependency.Service is not null, dependency.Check is not null, dependency.Exec.Count > 0];
        check(dependency.Name.Length == 0, "dependsOn: every dependency needs a name");
        check(kinds.Count(kind => kind) != 1, $"{path}: exactly one of service, check and exec must be set");
        check(dependency.Service is { } service && !UnitCheck.IsName(service), $"{path}.service: no name of a service");
        check(dependency.Service == unit.Service, $"{path}.service: {unit.Service} → {unit.Service}: a service can't wait for itself");
        string? problem = null;
        check(dependency.Check is { } address && CheckAddress.TryParse(address, out problem) is null, $"{path}.check: {problem}");
        check(!UnitCheck.IsCommand(dependency.Exec), $"{path}.exec: must begin with an absolute path and hold no NUL");
        check(dependency.Service is null && dependency.Condition == DependencyCondition.Completed, $"{path}.condition: only a service completes");
        check(dependency.Timeout <= TimeSpan.Zero, $"{path}.timeout: must be above zero");
    }
}
