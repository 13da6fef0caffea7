using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Dossiers;

namespace MyApp.Api.Console.Models;

/// <summary>What a service's page shows.</summary>
public sealed record ServiceModel
{
    public required ServiceView Service { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReleaseView> Releases { get; init; } = [];

    /// <summary>The one under way, else the latest; null before the first.</summary>
    public RolloutView? Rollout { get; init; }

    /// <summary>What an instance last ended of; null: none has, or nobody can tell.</summary>
    public ExitDossier? LastExit { get; init; }

    /// <summary>Null where the page is only refreshed: the script follows the log itself.</summary>
    public LogPage? Log { get; init; }

    /// <summary>Why the log can't be read; null: it can.</summary>
    public string? LogTrouble { get; init; }

    /// <summary>The chosen stream, <c>access</c> or <c>error</c>; null: both.</summary>
    public string? Stream { get; init; }

    public bool RolloutUnderWay => Rollout is { Rollout.IsFinal: false };

    public bool CanStart => Service is { Release: not null, State: ServiceState.Stopped or ServiceState.Failed };

    public bool CanStop => Service is { Release: not null, State: not ServiceState.Stopped };

    public bool CanRestart => CanStop;

    /// <summary>Where a rollback without a choice goes; null: nowhere.</summary>
    public string? RollbackTo { get; init; }

    public bool CanRollBack => RollbackTo is not null && !RolloutUnderWay;
}
