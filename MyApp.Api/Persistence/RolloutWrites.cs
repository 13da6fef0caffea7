using Microsoft.EntityFrameworkCore;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Persistence;

/// <summary>The two writes that a rollout's story is made of; both inside the caller's transaction.</summary>
internal static class RolloutWrites
{
    /// <summary>Compare-and-set on the version. False: it has moved on.</summary>
    public static async Task<bool> TryUpdateAsync(ControlPlaneContext db, Rollout current, Rollout next, CancellationToken ct)
    {
        var failure = next.Failure?.Storable();
        var changed = next.UpdatedAt.ToUniversalTime();
        return await db.Rollouts.Where(r => r.Id == current.Id && r.Version == current.Version).ExecuteUpdateAsync(
            set => set
                .SetProperty(r => r.State, next.State)
                .SetProperty(r => r.Version, next.Version)
                .SetProperty(r => r.Release, next.Release)
                .SetProperty(r => r.PreviousRelease, next.PreviousRelease)
                .SetProperty(r => r.Failure, failure)
                .SetProperty(r => r.UpdatedAt, changed),
            ct) == 1;
    }

    /// <summary>Last in a transaction: the lock it takes makes every other append wait until the commit.</summary>
    public static async Task AppendAsync(ControlPlaneContext db, IReadOnlyList<RolloutEvent> events, CancellationToken ct)
    {
        await Sql.LockEventsAsync(db.Database, ct);
        db.Events.AddRange(events.Select(Records.ToRow));
        await db.SaveChangesAsync(ct);
    }
}
