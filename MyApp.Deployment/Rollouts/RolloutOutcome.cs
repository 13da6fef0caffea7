namespace MyApp.Deployment.Rollouts;

/// <summary>How the work of one state ended, and what it changes in the record.</summary>
/// <param name="Signal">Null: it has not ended, and people have to do something before it can.</param>
/// <param name="Note">For the event that completes the state.</param>
internal sealed record RolloutOutcome(RolloutSignal? Signal, Rollout Rollout, string Note = "")
{
    public static RolloutOutcome Done(Rollout rollout, string note = "") => new(RolloutSignal.Done, rollout, note);

    public static RolloutOutcome Parked(Rollout rollout) => new(null, rollout);

    public static RolloutOutcome Failed(Rollout rollout, string failure) => new(RolloutSignal.Failed, rollout with { Failure = failure }, failure);
}
