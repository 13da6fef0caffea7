using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Local;

/// <summary>What local mode left in the middle, because nobody goes on with it while no command runs. The caller holds the lease.</summary>
internal sealed class InterruptedRollouts(FileRolloutStore store, RolloutRunner runner, TimeProvider clock)
{
    /// <summary>
    /// The one that does what <paramref name="wanted"/> asks, to go on with; null where there is none. All others are cancelled and
    /// cleaned up, or taken to their end where it is too late for that.
    /// </summary>
    public async Task<Rollout?> ResolveAsync(Rollout wanted, CancellationToken ct)
    {
        Rollout? same = null;
        foreach (var left in (await store.ListAsync(ct)).Where(r => !r.IsFinal && r.Service == wanted.Service && r.Environment == wanted.Environment))
        {
            if (same is null && IsSame(left, wanted))
                same = left;
            else
                await EndAsync(left, ct);
        }

        return same;
    }

    private static bool IsSame(Rollout left, Rollout wanted) =>
        left.Kind == wanted.Kind && (left.Set ?? []).SequenceEqual(wanted.Set ?? [], StringComparer.Ordinal) && (wanted.Kind == RolloutKind.Ship ? left.Source == wanted.Source : left.Release == wanted.Release);

    private async Task EndAsync(Rollout left, CancellationToken ct)
    {
        if (RolloutStateMachine.CanCancel(left.State))
        {
            var now = clock.GetUtcNow();
            var cancelled = left with { State = RolloutState.Cancelled, Version = left.Version + 1, UpdatedAt = now, Failure = "left in the middle, and something else was asked for" };
            await store.TryAdvanceAsync(left, cancelled, [RolloutEvents.Entered(cancelled, cancelled.Failure, now)], ct);
        }

        await runner.RunAsync(left.Id, ct);
    }
}
