namespace MyApp.Deployment.Rollouts;

/// <summary>Where a rollback goes that names no release.</summary>
public static class RollbackTarget
{
    /// <summary>
    /// The release that had the traffic when the current one was first brought into service; null: none had. Going down by number
    /// would lead back to a release that somebody has just rolled back from.
    /// </summary>
    public static string? Of(string? current, IEnumerable<Rollout> rollouts) =>
        rollouts.FirstOrDefault(r => r is { Kind: RolloutKind.Ship, State: RolloutState.Succeeded } && r.Release == current)?.PreviousRelease;
}
