using MyApp.Cli.Output;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>What <c>ship</c> and <c>rollback</c> end with.</summary>
internal sealed record RolloutOutcomes(IReadOnlyList<RolloutOutcome> Rollouts)
{
    /// <summary>Prints them and returns the exit code of the worst.</summary>
    public int Print(Screen screen)
    {
        foreach (var outcome in Rollouts)
            Print(outcome, screen);
        if (screen.IsJson)
            screen.Document(this, CliJson.Default.RolloutOutcomes);
        return Rollouts.Max(o => o.ExitCode);
    }

    private static void Print(RolloutOutcome outcome, Screen screen)
    {
        if (outcome.State == RolloutState.Succeeded)
        {
            screen.Line(new Styled("✓ ", Tone.Good), new Styled(outcome.Service, Tone.Strong), $" in {outcome.Environment} is {outcome.Release}", Url(outcome));
            return;
        }

        var end = outcome.State switch
        {
            RolloutState.RolledBack => "was rolled back",
            RolloutState.Cancelled => "was cancelled",
            _ => "failed",
        };
        screen.Error(new Styled("✗ ", Tone.Bad), new Styled(outcome.Service, Tone.Strong), $" in {outcome.Environment} {end} in step ", Step(outcome));
        foreach (var line in (outcome.Failure ?? "no reason was recorded").TrimEnd().Split('\n'))
            screen.Error("  ", line);
    }

    private static Styled Url(RolloutOutcome outcome) => outcome.Url is null ? "" : $": {outcome.Url}";

    private static Styled Step(RolloutOutcome outcome) => RolloutWords.Of(outcome.FailedIn ?? RolloutState.Pending);
}
