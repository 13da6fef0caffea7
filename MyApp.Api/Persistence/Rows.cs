using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Persistence;

/// <summary>A service in one environment: made by the first release or rollout of it.</summary>
internal sealed class ServiceRow
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>The release that has the traffic, as last read back from the target.</summary>
    public string? CurrentRelease { get; set; }

    /// <summary>Number of the newest release; the next one gets this plus one.</summary>
    public int LastNumber { get; set; }
}

internal sealed class SourceRow
{
    public required string Digest { get; init; }

    public required long Bytes { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }
}

internal sealed class ReleaseRow
{
    public required string Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required int Number { get; init; }

    public required string Artifact { get; init; }

    public required long ArtifactBytes { get; init; }

    public string? Source { get; init; }

    /// <summary>The VcsState, kept as jsonb; null: not known.</summary>
    public string? Vcs { get; init; }

    /// <summary>The Unit in its written form (UnitJson), kept as jsonb.</summary>
    public required string Unit { get; init; }

    /// <summary>The ApprovalRule, kept as jsonb; null: nobody has to sign.</summary>
    public string? Approval { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>The rollout that made it; unique, so that a repeated step finds what it made the first time.</summary>
    public required Guid Rollout { get; init; }
}

internal sealed class RolloutRow
{
    public required Guid Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required RolloutKind Kind { get; init; }

    public required RolloutState State { get; init; }

    public required int Version { get; init; }

    public string? Source { get; init; }

    /// <summary>The VcsState, kept as jsonb; null: not known.</summary>
    public string? Vcs { get; init; }

    public string? Promotes { get; init; }

    /// <summary>A JSON array of texts; null: none.</summary>
    public string? Set { get; init; }

    public string? Release { get; init; }

    public string? PreviousRelease { get; init; }

    public required string RequestedBy { get; init; }

    public string? Failure { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class EventRow
{
    public long Sequence { get; init; }

    public required Guid Rollout { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required RolloutEventKind Kind { get; init; }

    public required RolloutState State { get; init; }

    public required DateTimeOffset Time { get; init; }

    public TimeSpan? Duration { get; init; }

    public required string Message { get; init; }
}

/// <summary>
/// At most one rollout at a time moves a service in an environment: the row is there from the request until the rollout is final and
/// tidied up. Within that time <see cref="Owner"/> is the replica that works on it, until <see cref="Expires"/> by the database's clock.
/// </summary>
internal sealed class LeaseRow
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>Who asked for the rollout; what a refused second request is told.</summary>
    public required string Holder { get; init; }

    public required Guid Rollout { get; init; }

    public required DateTimeOffset Acquired { get; init; }

    /// <summary>Null: no replica has taken it yet, or the last one gave it back.</summary>
    public string? Owner { get; init; }

    public DateTimeOffset? Expires { get; init; }

    /// <summary>Counts what a waiting run is to look at, so that none is missed between its look and its giving back.</summary>
    public long Calls { get; init; }

    /// <summary>Counts the takers. A write made under an older count is refused, so a runner that lost its lease changes nothing.</summary>
    public long Fence { get; init; }
}

/// <summary>A signature under a rollout.</summary>
internal sealed class ApprovalRow
{
    public required Guid Rollout { get; init; }

    public required string Key { get; init; }

    public required string Signature { get; init; }

    public required DateTimeOffset At { get; init; }
}

internal sealed class IdempotencyRow
{
    public required string Key { get; init; }

    /// <summary>SHA-256 of the request it was first sent with; the same key with another request is refused.</summary>
    public required string Request { get; init; }

    public required Guid Rollout { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
