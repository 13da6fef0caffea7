namespace MyApp.Deployment.Rollouts;

public enum RolloutEventKind
{
    /// <summary>The rollout entered <see cref="RolloutEvent.State"/>.</summary>
    Entered,

    /// <summary>It left that state after <see cref="RolloutEvent.Duration"/>.</summary>
    Completed,

    /// <summary>Something worth telling happened within the state: a build step with sizes, a probe's answer, a warning.</summary>
    Note,
}

/// <summary>One line of a rollout's story. Append-only.</summary>
public sealed record RolloutEvent
{
    /// <summary>Position in the store's one sequence of events; 0 until stored. The id of server-sent events.</summary>
    public long Sequence { get; init; }

    public required Guid Rollout { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required RolloutEventKind Kind { get; init; }

    public required RolloutState State { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>How long the state lasted; only with <see cref="RolloutEventKind.Completed"/>.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>For a person; may hold several lines (a compiler's output). Never holds a secret.</summary>
    public string Message { get; init; } = "";
}
