using Microsoft.EntityFrameworkCore;
using MyApp.Api.Builds;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Rollouts;

/// <summary>What came of asking to cancel a rollout.</summary>
internal abstract record CancelOutcome
{
    private CancelOutcome()
    {
    }

    internal sealed record Cancelled(Rollout Rollout) : CancelOutcome;

    /// <summary>It is final, or the traffic moves already: from there only a rollback leads back.</summary>
    internal sealed record TooLate(Rollout Rollout) : CancelOutcome;

    internal sealed record Unknown : CancelOutcome;
}

/// <summary>
/// Cancels a rollout in the record, and its build with it. The service's lease stays until the replica that runs it, or one that takes over, has tidied up
/// what was placed and started; until then the next ship is refused.
/// </summary>
internal sealed class RolloutCancellation(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, TimeProvider clock)
{
    public async Task<CancelOutcome> CancelAsync(Guid id, CancellationToken ct)
    {
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            if (await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) is not { } row)
                return new CancelOutcome.Unknown();
            var current = row.ToRollout();
            if (!RolloutStateMachine.CanCancel(current.State))
                return new CancelOutcome.TooLate(current);
            var next = current with { State = RolloutState.Cancelled, Version = current.Version + 1, UpdatedAt = clock.GetUtcNow() };
            if (await TryCancelAsync(db, current, next, ct))
                return new CancelOutcome.Cancelled(next);
        }
    }

    private async Task<bool> TryCancelAsync(ControlPlaneContext db, Rollout current, Rollout next, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The lease before the rollout, as a run takes them.
        await Sql.CallAsync(db.Database, next.Id, ct);
        if (!await RolloutWrites.TryUpdateAsync(db, current, next, ct))
            return false;
        var ends = await BuildQueue.GiveUpAsync(db.Builds.Where(build => build.Rollout == current.Id), next.UpdatedAt, ct);
        await RolloutWrites.AppendAsync(db, [RolloutEvents.Entered(next, "cancelled on request", next.UpdatedAt)], ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
        wakeups.SayWork();
        if (ends)
            wakeups.SayBuilds();
        return true;
    }
}
