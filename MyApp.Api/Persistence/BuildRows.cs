using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Persistence;

/// <summary>
/// A build from its request on. While it runs <see cref="Owner"/> is the replica that works on it, until <see cref="Expires"/> by the
/// database's clock.
/// </summary>
internal sealed class BuildRow
{
    public required Guid Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required string Source { get; init; }

    /// <summary>As they were asked for, separated by spaces; empty: those of the spec.</summary>
    public required string Wanted { get; init; }

    /// <summary>A JSON array of texts; null: none.</summary>
    public string? Set { get; init; }

    /// <summary>The VcsState, kept as jsonb; null: not known.</summary>
    public string? Vcs { get; init; }

    public required BuildState State { get; init; }

    /// <summary>PlatformBuild by PlatformBuild (WireJson), kept as jsonb.</summary>
    public required string Platforms { get; init; }

    public required string RequestedBy { get; init; }

    /// <summary>The rollout that ships what it makes; unique, so that a repeated step finds the build it asked for the first time. Null: it deploys nothing.</summary>
    public Guid? Rollout { get; init; }

    public string? Failure { get; init; }

    /// <summary>Somebody wants it to end; the replica that runs it ends it.</summary>
    public bool Cancels { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Owner { get; init; }

    public DateTimeOffset? Expires { get; init; }

    /// <summary>Counts the takers, as that of a lease.</summary>
    public long Fence { get; init; }
}

internal sealed class BuildLineRow
{
    public long Sequence { get; init; }

    public required Guid Build { get; init; }

    public required DateTimeOffset Time { get; init; }

    public string? Platform { get; init; }

    public required string Text { get; init; }
}
