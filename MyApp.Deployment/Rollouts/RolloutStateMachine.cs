namespace MyApp.Deployment.Rollouts;

/// <summary>How the work of a state ended.</summary>
public enum RolloutSignal { Done, Failed, Cancelled }

/// <summary>What has to be done before the next state is written. Each may be done again after a crash and then changes nothing.</summary>
public enum RolloutAction
{
    /// <summary>Drain, stop and forget the release moved to.</summary>
    RemoveNew,

    /// <summary>Drain, stop and forget the release that had the traffic before.</summary>
    RemovePrevious,
}

/// <summary>What a transition depends on beside state and signal.</summary>
/// <param name="HasPrevious">Another release than the new one had the traffic when the rollout began.</param>
public readonly record struct RolloutFacts(RolloutKind Kind, bool HasPrevious);

public sealed record RolloutTransition(RolloutState Next, IReadOnlyList<RolloutAction> Actions);

/// <summary>Every transition of a rollout. Pure: the golden table of the tests is all of it.</summary>
public static class RolloutStateMachine
{
    private static readonly RolloutAction[] Nothing = [];
    private static readonly RolloutAction[] RemoveNew = [RolloutAction.RemoveNew];
    private static readonly RolloutAction[] RemovePrevious = [RolloutAction.RemovePrevious];

    /// <summary>Null where the signal means nothing in that state: a final one, or too late to cancel.</summary>
    public static RolloutTransition? Step(RolloutState state, RolloutSignal signal, RolloutFacts facts) => signal switch
    {
        RolloutSignal.Done => OnDone(state, facts),
        RolloutSignal.Failed => OnFailed(state, facts),
        _ => CanCancel(state) ? new(RolloutState.Cancelled, IsOnTarget(state) ? RemoveNew : Nothing) : null,
    };

    /// <summary>Until the traffic moves; after that a rollback is what undoes it.</summary>
    public static bool CanCancel(RolloutState state) => state < RolloutState.Switching;

    private static RolloutTransition? OnDone(RolloutState state, RolloutFacts facts) => state switch
    {
        // Others have their release already.
        RolloutState.Pending => new(facts.Kind == RolloutKind.Ship ? RolloutState.Building : RolloutState.Preflight, Nothing),
        RolloutState.Building => new(RolloutState.Preflight, Nothing),
        RolloutState.Preflight => new(facts.Kind == RolloutKind.Refresh ? RolloutState.Refreshing : RolloutState.Placing, Nothing),
        RolloutState.Placing => new(RolloutState.Waiting, Nothing),
        RolloutState.Waiting => new(RolloutState.Starting, Nothing),
        RolloutState.Starting => new(RolloutState.Verifying, Nothing),
        RolloutState.Verifying => new(RolloutState.Switching, Nothing),
        RolloutState.Switching => new(RolloutState.Baking, Nothing),
        RolloutState.Refreshing => new(RolloutState.Succeeded, Nothing),
        RolloutState.Baking => new(RolloutState.Succeeded, facts.HasPrevious ? RemovePrevious : Nothing),
        RolloutState.RollingBack => new(RolloutState.RolledBack, RemoveNew),
        _ => null,
    };

    private static RolloutTransition? OnFailed(RolloutState state, RolloutFacts facts) => state switch
    {
        RolloutState.Pending or RolloutState.Building or RolloutState.Preflight or RolloutState.Placing or RolloutState.Waiting => new(RolloutState.Failed, Nothing),
        RolloutState.Starting or RolloutState.Verifying => new(RolloutState.Failed, RemoveNew),
        // Without another release there is nothing to go back to, and the guard goes on trying with this one.
        RolloutState.Switching or RolloutState.Baking => new(facts.HasPrevious ? RolloutState.RollingBack : RolloutState.Failed, Nothing),
        // The target has given the earlier values back itself.
        RolloutState.Refreshing => new(RolloutState.Failed, Nothing),
        // Both are left running: which of them has the traffic is not known.
        RolloutState.RollingBack => new(RolloutState.Failed, Nothing),
        _ => null,
    };

    private static bool IsOnTarget(RolloutState state) => state is RolloutState.Starting or RolloutState.Verifying;
}
