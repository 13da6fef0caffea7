namespace MyApp.Supervision.Units;

/// <summary>The part of <see cref="UnitCheck"/> about what must be there first.</summary>
internal static class DependencyCheck
{
    private static readonly string[] Schemes = ["tcp", "http", "https", "postgres", "redis"];

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
        check(dependency.Check is { } address && !IsAddress(address), $"{path}.check: must be an address of tcp, http, https, postgres or redis");
        check(!UnitCheck.IsCommand(dependency.Exec), $"{path}.exec: must begin with an absolute path and hold no NUL");
        check(dependency.Service is null && dependency.Condition == DependencyCondition.Completed, $"{path}.condition: only a service completes");
        check(dependency.Timeout <= TimeSpan.Zero, $"{path}.timeout: must be above zero");
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && Schemes.Contains(address.Scheme) && address.Host.Length > 0
        && (address.Scheme != "tcp" || address.Port > 0);
}
