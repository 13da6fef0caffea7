using System.Text.Json.Serialization;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>How a rollout ended: the document of <c>ship</c> and <c>rollback</c>.</summary>
internal sealed record RolloutOutcome
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required Guid Rollout { get; init; }

    public required RolloutState State { get; init; }

    public string? Release { get; init; }

    /// <summary>The step it did not get through; null where it succeeded.</summary>
    public RolloutState? FailedIn { get; init; }

    public string? Failure { get; init; }

    public string? Url { get; init; }

    public static RolloutOutcome Of(Rollout rollout, RolloutState step, string? url) => new()
    {
        Service = rollout.Service,
        Environment = rollout.Environment,
        Rollout = rollout.Id,
        State = rollout.State,
        Release = rollout.Release,
        FailedIn = rollout.State == RolloutState.Succeeded ? null : step,
        Failure = rollout.Failure,
        Url = url,
    };

    /// <summary>A release that was started and did not prove itself is unhealthy; one that never was started has failed.</summary>
    [JsonIgnore]
    public int ExitCode => State switch
    {
        RolloutState.Succeeded => Cli.ExitCode.Ok,
        RolloutState.RolledBack => Cli.ExitCode.Unhealthy,
        RolloutState.Failed when FailedIn >= RolloutState.Waiting => Cli.ExitCode.Unhealthy,
        _ => Cli.ExitCode.Failed,
    };
}
