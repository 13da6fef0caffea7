using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

internal static class StopBinder
{
    public static StopRule Bind(SpecSection stop, PlaceholderScope scope)
    {
        var defaults = new StopRule();
        var rule = new StopRule
        {
            Grace = stop.Duration("grace", TimeSpan.FromMilliseconds(1)) ?? defaults.Grace,
            Drain = stop.Duration("drain", TimeSpan.Zero) ?? defaults.Drain,
            PreStop = SpecPlaceholders.Command(stop, "preStop", scope),
            Quit = stop.Switch("quit") ?? defaults.Quit,
        };
        if (rule.Quit && rule.Grace <= StopRule.QuitBefore)
            stop.Refuse("quit", $"SIGQUIT is sent {StopRule.QuitBefore.TotalSeconds:0} s before the end of a grace period that is no longer than that", "make stop.grace longer");
        return rule;
    }
}
