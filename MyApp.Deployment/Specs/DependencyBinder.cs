using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Ordering;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

internal static class DependencyBinder
{
    private static readonly string[] Kinds = ["service", "check", "exec"];

    public static IReadOnlyList<UnitDependency> Bind(IReadOnlyList<SpecSection> items, string? self, PlaceholderScope scope)
    {
        var dependencies = new List<UnitDependency>();
        foreach (var item in items)
        {
            var dependency = Bind(item, scope);
            if (dependency.Service is { } service && service == self)
                item.Refuse("service", $"{service} → {service}: a service can't wait for itself");
            if (dependencies.Any(other => other.Name == dependency.Name))
                item.RefuseValue("name", $"the dependency '{dependency.Name}' is there twice");
            dependencies.Add(dependency);
        }

        return dependencies;
    }

    private static UnitDependency Bind(SpecSection item, PlaceholderScope scope)
    {
        var service = item.Checked("service", Names.IsValid, Names.Rule);
        var check = item.Checked("check", text => CheckAddress.TryParse(text, out _) is not null, "an address that begins with tcp://, http://, https://, postgres:// or redis://");
        var exec = SpecPlaceholders.Command(item, "exec", scope);
        if (Kinds.Count(item.Has) != 1)
            item.RefuseValue("", "a dependency is exactly one of service, check and exec", "write - { service: NAME } or - { name: NAME, check: \"tcp://HOST:PORT\" }");
        if (!item.Has("service") && item.Map.Find("condition") is SpecScalar { Text: "completed" })
            item.RefuseValue("condition", "only a service of MyApp completes", "condition: ready");
        var defaults = new UnitDependency { Name = "" };
        return new()
        {
            Name = item.Checked("name", Names.IsValid, Names.Rule) ?? service ?? check ?? (exec.Count > 0 ? exec[0] : ""),
            Service = service,
            Check = check,
            Exec = exec,
            Condition = item.Word("condition", ("started", DependencyCondition.Started), ("ready", DependencyCondition.Ready), ("completed", DependencyCondition.Completed))
                ?? defaults.Condition,
            Timeout = item.Duration("timeout", TimeSpan.FromMilliseconds(1)) ?? defaults.Timeout,
            OnLoss = item.Word("onLoss", ("ignore", DependencyLoss.Ignore), ("notReady", DependencyLoss.NotReady), ("restart", DependencyLoss.Restart), ("stop", DependencyLoss.Stop))
                ?? defaults.OnLoss,
        };
    }
}
