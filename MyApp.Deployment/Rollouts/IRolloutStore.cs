using MyApp.Deployment.Approvals;

namespace MyApp.Deployment.Rollouts;

/// <summary>
/// Where rollouts, releases and events are kept: PostgreSQL in the control plane, files in local mode. Every write is atomic and durable
/// when its task completes.
/// </summary>
public interface IRolloutStore
{
    Task<Rollout?> FindAsync(Guid rollout, CancellationToken ct);

    /// <summary>
    /// Writes <paramref name="next"/> over <paramref name="current"/> and appends the events, in one transaction.
    /// False, and nothing written, where the stored version is not <c>current.Version</c> (another runner was faster, or it was cancelled).
    /// <c>next.Version</c> must be <c>current.Version + 1</c>.
    /// </summary>
    Task<bool> TryAdvanceAsync(Rollout current, Rollout next, IReadOnlyList<RolloutEvent> events, CancellationToken ct);

    /// <summary>Appends notes without changing the rollout.</summary>
    Task AppendAsync(IReadOnlyList<RolloutEvent> events, CancellationToken ct);

    /// <summary>
    /// Makes the release of this rollout: takes the next number, calls <paramref name="make"/> with id and number, stores the result.
    /// Called again for the same rollout it returns the release made the first time.
    /// </summary>
    Task<Release> AddReleaseAsync(Rollout rollout, Func<ReleaseNumber, Release> make, CancellationToken ct);

    /// <summary>What people have signed of a rollout, as it was taken; whether it counts is for <see cref="ApprovalGate"/> to say.</summary>
    Task<IReadOnlyList<Approval>> ReadApprovalsAsync(Guid rollout, CancellationToken ct);

    Task<Release?> FindReleaseAsync(string release, CancellationToken ct);

    /// <summary>The release that has the traffic, as last recorded by <see cref="SetCurrentReleaseAsync"/>; null: none yet.</summary>
    Task<Release?> FindCurrentReleaseAsync(string service, string environment, CancellationToken ct);

    /// <summary>Records which release has the traffic, after it was read back from the target.</summary>
    Task SetCurrentReleaseAsync(Rollout rollout, string release, CancellationToken ct);

    /// <summary>Releases of a service, newest first.</summary>
    Task<IReadOnlyList<Release>> ListReleasesAsync(string service, string environment, int most, CancellationToken ct);
}

public sealed record ReleaseNumber(string Id, int Number);
