using System.Globalization;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

internal static class RestartBinder
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    public static RestartRule Bind(SpecSection restart, bool isJob)
    {
        var defaults = new RestartRule();
        var rule = new RestartRule
        {
            Policy = restart.Word("policy", ("always", RestartPolicy.Always), ("on-failure", RestartPolicy.OnFailure), ("never", RestartPolicy.Never))
                ?? (isJob ? RestartPolicy.OnFailure : defaults.Policy),
            Initial = restart.Duration("initial", Moment) ?? defaults.Initial,
            Max = restart.Duration("max", Moment) ?? defaults.Max,
            ResetAfter = restart.Duration("resetAfter", Moment) ?? defaults.ResetAfter,
            NoRestartExits = BindExits(restart) ?? defaults.NoRestartExits,
        };
        if (rule.Initial > rule.Max)
            restart.Refuse("initial", "the first pause is longer than the longest", "make restart.max at least restart.initial");
        if (isJob && rule.Policy == RestartPolicy.Always)
            restart.Refuse("policy", "a job that completes is not started again", "write on-failure or never, and job.schedule for when it runs");
        return rule;
    }

    private static List<int>? BindExits(SpecSection restart)
    {
        if (restart.Texts("noRestartExits") is not { } texts)
            return null;
        var exits = new List<int>();
        foreach (var text in texts)
        {
            if (byte.TryParse(text, NumberStyles.None, null, out var exit))
                exits.Add(exit);
            else
                restart.RefuseValue("noRestartExits", $"'{text}' is no exit code", "write whole numbers from 0 to 255");
        }

        return exits;
    }
}
