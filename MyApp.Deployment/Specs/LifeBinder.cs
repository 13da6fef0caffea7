using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>When instances are there, and how many at once while they are exchanged.</summary>
internal static class LifeBinder
{
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromMinutes(5);

    public static OnDemandRule? OnDemand(SpecSection root, SocketMode socket)
    {
        if (!root.IsOn("onDemand"))
            return null;
        var section = root.Section("onDemand");
        if (socket == SocketMode.None)
            root.Refuse("onDemand", "nobody but the service would see a first connection", "add 'port:', with socket: forward or inherit");
        return new(section.Duration("idle", TimeSpan.FromSeconds(1)) ?? DefaultIdle);
    }

    /// <param name="ownPort">It binds a port itself, so that two copies would get in each other's way.</param>
    public static RollingRule Rolling(SpecSection root, bool ownPort)
    {
        var section = root.Section("rolling");
        var defaults = new RollingRule();
        var rule = new RollingRule
        {
            MaxUnavailable = section.Number("maxUnavailable", 0, 1000) ?? defaults.MaxUnavailable,
            MaxSurge = section.Number("maxSurge", 0, 1000) ?? defaults.MaxSurge,
        };
        if (rule is { MaxUnavailable: 0, MaxSurge: 0 })
            root.Refuse("rolling", "with neither one copy fewer nor one more nothing could ever be restarted", "make one of rolling.maxUnavailable and rolling.maxSurge at least 1");
        if (rule.MaxSurge > 0 && ownPort)
            section.Refuse("maxSurge", "several copies can't bind one port", "socket: forward or inherit");
        return rule;
    }
}
