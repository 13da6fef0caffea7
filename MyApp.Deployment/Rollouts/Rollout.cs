using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Rollouts;

/// <summary>The states of a rollout, in the order they are passed; the last four are final, and so is Succeeded.</summary>
public enum RolloutState
{
    Pending,
    Building,
    Preflight,
    Placing,
    Waiting,
    Starting,
    Verifying,
    Switching,
    Refreshing,
    Baking,
    Succeeded,
    RollingBack,
    RolledBack,
    Failed,
    Cancelled,
}

/// <summary>
/// Ship makes a new release, of a source or of another release's artifact, and moves to it. Rollback moves to a release that exists. Refresh stays
/// with the release that has the traffic, and gives its instances the values of now in their files.
/// </summary>
public enum RolloutKind { Ship, Rollback, Refresh }

/// <summary>Moving one service in one environment to a release. The record of truth; every change is a compare-and-set on <see cref="Version"/>.</summary>
public sealed record Rollout
{
    public required Guid Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required RolloutKind Kind { get; init; }

    public RolloutState State { get; init; } = RolloutState.Pending;

    /// <summary>Counts the changes of this record.</summary>
    public int Version { get; init; }

    /// <summary>Digest (<c>sha256:…</c>) of the source archive; null for a rollback.</summary>
    public string? Source { get; init; }

    /// <summary>Where the source stood in its repository, as whoever asked said; null: not known, or it ships no source.</summary>
    public VcsState? Vcs { get; init; }

    /// <summary>The release of another environment, or the one that has the traffic in this one, whose artifact is shipped as it is, with this environment's configuration; of a refresh the release it stays with; null: the source is built.</summary>
    public string? Promotes { get; init; }

    /// <summary>Values above all others, each <c>PATH=VALUE</c>; null: none.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>The release moved to: known from the start for a rollback and a refresh, after Building for a ship.</summary>
    public string? Release { get; init; }

    /// <summary>The release that had the traffic when this rollout began; null: none.</summary>
    public string? PreviousRelease { get; init; }

    /// <summary>Who asked, e.g. <c>ada@build-1</c>.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Why it failed, for a person: one paragraph, then details line by line. Null unless it failed or was rolled back.</summary>
    public string? Failure { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsFinal => State.IsFinal();
}
