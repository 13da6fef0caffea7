using MyApp.Deployment.Builds;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.ControlPlane;

/// <summary>Where a build of the control plane is; the last three are final.</summary>
public enum BuildState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>What <c>POST /api/v1/builds</c> takes.</summary>
public sealed record BuildOrder
{
    public required string Service { get; init; }

    /// <summary>Whose overlay the build settings are taken with. Default: dev.</summary>
    public string? Environment { get; init; }

    /// <summary>The digest that <c>POST /api/v1/sources</c> answered.</summary>
    public required string Source { get; init; }

    /// <summary>E.g. <c>linux/arm64</c>. Default: those of the spec, else the control plane's own.</summary>
    public IReadOnlyList<string>? Platforms { get; init; }

    /// <summary>Values above all others, each <c>PATH=VALUE</c> as for <c>--set</c>. Null: none.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>Where Source stood in its repository, as whoever asks says; it is told in the artifact's provenance. Null: not known.</summary>
    public VcsState? Vcs { get; init; }

    /// <summary>Who asks, e.g. <c>ada@build-1</c>.</summary>
    public required string RequestedBy { get; init; }
}

/// <summary>A build of one service for one or several platforms.</summary>
public sealed record BuildView
{
    public required Guid Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary><c>sha256:…</c> of the source archive.</summary>
    public required string Source { get; init; }

    /// <summary>Where that source stood in its repository, as whoever asked said; null: not known.</summary>
    public VcsState? Vcs { get; init; }

    /// <summary>The rollout that ships what it makes; null: it deploys nothing.</summary>
    public Guid? Rollout { get; init; }

    public required BuildState State { get; init; }

    /// <summary>Builds that are to be begun before it; null: it is not in the queue.</summary>
    public int? Ahead { get; init; }

    /// <summary>Empty before it has begun.</summary>
    public IReadOnlyList<PlatformBuild> Platforms { get; init; } = [];

    public required string RequestedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Of the build as a whole; that of one platform is in <see cref="Platforms"/>.</summary>
    public string? Failure { get; init; }
}

/// <summary>How far a build is for one platform.</summary>
/// <param name="Steps">Those that are over.</param>
/// <param name="Artifact">Once it is made.</param>
/// <param name="Failure">Once it has failed.</param>
/// <param name="FromCache">The same inputs had been built before.</param>
public sealed record PlatformBuild(string Platform, IReadOnlyList<BuildNote> Steps, Artifact? Artifact, string? Failure, bool FromCache = false);

public sealed record BuildList(IReadOnlyList<BuildView> Builds);

/// <summary>A line of a build's log.</summary>
/// <param name="Sequence">Of all builds' lines together; counts up.</param>
/// <param name="Platform">Null: of the build as a whole.</param>
/// <param name="Text">What a compiler printed, or a step that is over.</param>
public sealed record BuildLogLine(long Sequence, DateTimeOffset Time, string? Platform, string Text);

public static class BuildStates
{
    public static bool IsFinal(this BuildState state) => state > BuildState.Running;
}
