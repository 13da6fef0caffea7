using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Console.Models;

public enum StepState { Done, Running, Failed, Ahead }

/// <summary>One state of a rollout as its timeline shows it.</summary>
/// <param name="Duration">So far, while it runs; null where it has not begun.</param>
/// <param name="Offset">From the beginning of the rollout.</param>
public sealed record TimelineStep(
    RolloutState Name, StepState State, TimeSpan Offset, TimeSpan? Duration, IReadOnlyList<RolloutEvent> Notes);
