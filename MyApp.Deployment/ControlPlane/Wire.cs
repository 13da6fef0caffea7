using MyApp.Deployment.Approvals;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Dossiers;

namespace MyApp.Deployment.ControlPlane;

/// <summary><c>GET /api/v1/services</c>, and what <c>myapp status --output json</c> prints.</summary>
public sealed record ServiceList(IReadOnlyList<ServiceView> Services);

public enum ServiceState { Ready, Running, Starting, Waiting, Stopped, Failed, CrashLoop }

/// <summary>A service in one environment as it is now, read from the target.</summary>
public sealed record ServiceView
{
    public required string Name { get; init; }

    public required string Environment { get; init; }

    /// <summary>Id of the release that has the traffic; null before the first one.</summary>
    public string? Release { get; init; }

    public required ServiceState State { get; init; }

    /// <summary>True: it runs to its end. Null: it is to run on.</summary>
    public bool? Job { get; init; }

    public IReadOnlyList<InstanceView> Instances { get; init; } = [];

    public string? Url { get; init; }

    /// <summary>Why the state is what it is where the instances don't tell, e.g. that no guard answers. Null: nothing to add.</summary>
    public string? Reason { get; init; }
}

/// <summary>States of an instance are the guard's, in camelCase words.</summary>
public sealed record InstanceView
{
    public required string Id { get; init; }

    public int? Pid { get; init; }

    public required string State { get; init; }

    public bool Ready { get; init; }

    public int Restarts { get; init; }

    public DateTimeOffset Since { get; init; }

    public long? MemoryBytes { get; init; }

    public double? CpuPercent { get; init; }

    /// <summary><c>guard</c> for now.</summary>
    public required string Target { get; init; }

    public required string Host { get; init; }

    public string? LastProbe { get; init; }

    public string? LastExit { get; init; }

    /// <summary>What keeps it from starting, or from its traffic, in words; null: nothing.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>When it will be started again by itself; null: not by the clock.</summary>
    public DateTimeOffset? NextStart { get; init; }

    /// <summary>By what its limits are enforced, e.g. <c>cgroup v1</c>; null: it has none, or they are not known.</summary>
    public string? Enforcement { get; init; }

    /// <summary>Lines of its output that were lost; null: none.</summary>
    public long? DroppedLines { get; init; }
}

public sealed record InstanceList(IReadOnlyList<InstanceView> Instances);

public sealed record ReleaseView
{
    public required string Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required int Number { get; init; }

    public required string Artifact { get; init; }

    public required long ArtifactBytes { get; init; }

    public string? Source { get; init; }

    /// <summary>Where the source stood in its repository, as whoever shipped it said; null: not known.</summary>
    public VcsState? Vcs { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>It has the traffic.</summary>
    public bool Current { get; init; }
}

public sealed record ReleaseList(IReadOnlyList<ReleaseView> Releases);

/// <summary>What <c>POST /api/v1/rollouts</c> takes. Exactly one of Source (ship), Promotes (ship another release's artifact), Release (move to an existing one) and Refreshes (give the running one other values) is set.</summary>
public sealed record RolloutRequest
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>The digest that <c>POST /api/v1/sources</c> answered.</summary>
    public string? Source { get; init; }

    /// <summary>Id of a release of the same service in another environment, or of the one that has the traffic in this one: its artifact is shipped with the configuration of now, without being built again.</summary>
    public string? Promotes { get; init; }

    /// <summary>Where Source stood in its repository, as whoever asks says; it is told in the artifact's provenance. Null: not known.</summary>
    public VcsState? Vcs { get; init; }

    public string? Release { get; init; }

    /// <summary>Id of the release that has the traffic: its instances get the values of now in their files, and SIGHUP. It must have been shipped with <c>config: { onChange: signal }</c>.</summary>
    public string? Refreshes { get; init; }

    /// <summary>Values above all others, each <c>PATH=VALUE</c> as for <c>--set</c>; not with Release. Null: none.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>Who asks, e.g. <c>ada@build-1</c>; kept with the rollout and its lease.</summary>
    public required string RequestedBy { get; init; }
}

/// <summary><c>POST /api/v1/services/{service}/rollback</c>; To null: the release before the current one.</summary>
public sealed record RollbackRequest(string Environment, string? To, string RequestedBy);

/// <summary><c>POST /api/v1/services/{service}/start|stop|restart</c>.</summary>
public sealed record ServiceCommand(string Environment);

/// <param name="Build">The build of what it ships; null: it builds nothing, or has not come to it.</param>
public sealed record RolloutView(Rollout Rollout, IReadOnlyList<RolloutEvent> Events, Guid? Build = null)
{
    /// <summary>Null: nobody has to sign it now.</summary>
    public ApprovalView? Approval { get; init; }
}

/// <summary>What a waiting rollout waits for.</summary>
/// <param name="Statement">The text to sign, UTF-8, with its last line end.</param>
public sealed record ApprovalView(string Statement, IReadOnlyList<ApprovalNeed> Needs);

/// <summary><c>POST /api/v1/rollouts/{id}/approvals</c>.</summary>
/// <param name="Key">The public key in short form (<c>ed25519:…</c>).</param>
/// <param name="Signature">Ed25519 over the statement, in base64.</param>
public sealed record ApprovalRequest(string Key, string Signature);

public sealed record RolloutList(IReadOnlyList<Rollout> Rollouts);

/// <summary><c>POST /api/v1/sources</c> (body: the tar.gz): its digest and size.</summary>
public sealed record SourceReceipt(string Digest, long Bytes);

/// <summary>One event of <c>GET /api/v1/services/{service}/logs</c>.</summary>
public sealed record LogLineView(DateTimeOffset Time, string Stream, string Instance, string Text);

public sealed record LogPage(IReadOnlyList<LogLineView> Lines);

/// <summary><c>GET /api/v1/services/{service}/why</c>: what its instances ended of, the last exit first.</summary>
public sealed record WhyView(string Service, string Environment, IReadOnlyList<ExitDossier> Exits)
{
    /// <summary>More are not asked for at once.</summary>
    public const int MostExits = 20;
}

/// <summary>RFC 9457 problem details, as every refused request answers.</summary>
public sealed record ProblemView
{
    /// <summary>Stable, e.g. <c>https://myapp.dev/problems/lease-held</c>; the last segment is what programs compare.</summary>
    public string? Type { get; init; }

    public string? Title { get; init; }

    public int? Status { get; init; }

    public string? Detail { get; init; }

    /// <summary>lease-held: who holds it, since when, until when.</summary>
    public string? Holder { get; init; }

    /// <summary>Each problem of what was sent, of a spec as <c>file:line:column: message</c>, of a kept value as <c>key: message</c>.</summary>
    public IReadOnlyList<string>? Problems { get; init; }
}
