using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>Rollouts in words.</summary>
internal static class RolloutWords
{
    /// <summary>As on the wire: <c>rollingBack</c>.</summary>
    public static string Of(RolloutState state) => char.ToLowerInvariant(state.ToString()[0]) + state.ToString()[1..];

    /// <summary>
    /// What a line says of an event; null: not worth one. The end is told by the summary. That a step began is told where it may take long,
    /// that nobody thinks it hangs.
    /// </summary>
    public static string? Tell(RolloutEvent happened) => happened switch
    {
        { Kind: RolloutEventKind.Note } => happened.Message,
        _ when happened.State.IsFinal() => null,
        { Message.Length: > 0 } => happened.Message,
        { Kind: RolloutEventKind.Completed } => "done",
        { State: RolloutState.Building or RolloutState.Waiting or RolloutState.Starting or RolloutState.Baking or RolloutState.RollingBack } => "…",
        _ => null,
    };
}
