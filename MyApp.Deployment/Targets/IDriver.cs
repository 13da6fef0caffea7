using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Targets;

/// <summary>Makes a target do what a release says. Every call may be repeated and then changes nothing more.</summary>
public interface IDriver
{
    /// <summary>What in this release the target can't do or would refuse now (a port that is taken, and by whom). Touches nothing.</summary>
    Task<IReadOnlyList<Diagnostic>> CheckAsync(Release release, CancellationToken ct);

    /// <summary>Puts artifact, configuration and unit file where the target runs them. Starts nothing.</summary>
    Task PlaceAsync(Release release, CancellationToken ct);

    /// <summary>Starts the release beside the one that has the traffic.</summary>
    Task StartAsync(Release release, CancellationToken ct);

    /// <summary>The release as the target sees it now; null where the target does not know it.</summary>
    Task<UnitStatus?> ReadAsync(string service, string environment, string release, CancellationToken ct);

    /// <summary>Begins to give the running instances the values that the release's unit has in its file, in place of those they have. <see cref="UnitStatus.Values"/> tells how it ends.</summary>
    /// <param name="revision">What the values are called there.</param>
    Task RefreshAsync(Release release, string revision, CancellationToken ct);

    /// <summary>Sends the traffic to this release; the other keeps running.</summary>
    Task SwitchAsync(Release release, CancellationToken ct);

    /// <summary>Drains, stops and forgets a release; unknown: nothing to do.</summary>
    Task RemoveAsync(string service, string environment, string release, CancellationToken ct);
}
