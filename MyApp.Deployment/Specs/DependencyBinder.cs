using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

internal static class DependencyBinder
{
    private static readonly string[] Schemes = ["tcp", "http", "postgres", "redis"];

    public static IReadOnlyList<UnitDependency> Bind(IReadOnlyList<SpecSection> items)
    {
        var dependencies = new List<UnitDependency>();
        foreach (var item in items)
        {
            var dependency = Bind(item);
            if (dependencies.Any(other => other.Name == dependency.Name))
                item.Refuse("name", $"the dependency '{dependency.Name}' is there twice");
            dependencies.Add(dependency);
        }

        return dependencies;
    }

    private static UnitDependency Bind(SpecSection item)
    {
        var service = item.Checked("service", Names.IsValid, Names.Rule);
        var check = item.Checked("check", IsAddress, "an address that begins with tcp://, http://, postgres:// or redis://");
        if (item.Has("service") == item.Has("check"))
            item.Refuse("", "a dependency is either a service or a check", "write - { service: NAME } or - { name: NAME, check: \"tcp://HOST:PORT\" }");
        var defaults = new UnitDependency { Name = "" };
        return new()
        {
            Name = item.Checked("name", Names.IsValid, Names.Rule) ?? service ?? check ?? "",
            Service = service,
            Check = check,
            Condition = item.Word("condition", ("started", DependencyCondition.Started), ("ready", DependencyCondition.Ready), ("completed", DependencyCondition.Completed))
                ?? defaults.Condition,
            Timeout = item.Duration("timeout", TimeSpan.FromMilliseconds(1)) ?? defaults.Timeout,
            OnLoss = item.Word("onLoss", ("ignore", DependencyLoss.Ignore), ("notReady", DependencyLoss.NotReady), ("restart", DependencyLoss.Restart), ("stop", DependencyLoss.Stop))
                ?? defaults.OnLoss,
        };
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && Schemes.Contains(address.Scheme) && address.Host.Length > 0;
}
