using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>An artifact and the configuration it was resolved with. Never changed after it is made.</summary>
public sealed record Release
{
    /// <summary><c>{service}-{environment}-{number}</c>.</summary>
    public required string Id { get; init; }

    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>Counts up from 1 per service and environment, without gaps or repeats.</summary>
    public required int Number { get; init; }

    /// <summary><c>sha256:…</c> of the artifact in the artifact store.</summary>
    public required string Artifact { get; init; }

    public required long ArtifactBytes { get; init; }

    /// <summary><c>sha256:…</c> of the source archive it was built from.</summary>
    public string? Source { get; init; }

    /// <summary>Where that source stood in its repository, as whoever shipped it said; null: not known.</summary>
    public VcsState? Vcs { get; init; }

    /// <summary>The snapshot: everything resolved, as the target will run it.</summary>
    public required Unit Unit { get; init; }

    /// <summary>Who had to sign it, and has to sign what comes after it; null: nobody.</summary>
    public ApprovalRule? Approval { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>What people and programs are shown of it.</summary>
    /// <param name="isCurrent">It has the traffic.</param>
    public ReleaseView ToView(bool isCurrent) => new()
    {
        Id = Id,
        Service = Service,
        Environment = Environment,
        Number = Number,
        Artifact = Artifact,
        ArtifactBytes = ArtifactBytes,
        Source = Source,
        Vcs = Vcs,
        CreatedAt = CreatedAt,
        CreatedBy = CreatedBy,
        Current = isCurrent,
    };
}
