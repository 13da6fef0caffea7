using Microsoft.EntityFrameworkCore;
using MyApp.Api.Instances;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;

namespace MyApp.Api.Configs;

/// <summary>
/// What changes in the config server set in motion. A changed service is noted with its change; it is done with when a rollout was requested or none
/// is wanted. Whoever dies in between leaves the note, and the request is then the same one again.
/// </summary>
internal sealed class ConfigReactions(IDbContextFactory<ControlPlaneContext> contexts, RolloutRequests requests, ConfigDrift drift, InstanceBoard board, ILogger<ConfigReactions> log)
{
    /// <summary>Looks at every service that is noted; one that is just being moved, or was stopped by somebody, stays so.</summary>
    public async Task ReactAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        foreach (var changed in await db.ConfigReactions.AsNoTracking().OrderBy(r => r.ChangedAt).ToListAsync(ct))
        {
            if (await TryAsync(db, changed, ct))
                await db.ConfigReactions.Where(r => r.Service == changed.Service && r.Environment == changed.Environment && r.Mark == changed.Mark).ExecuteDeleteAsync(ct);
        }
    }

    // One service's trouble must not keep the others waiting.
    private async Task<bool> TryAsync(ControlPlaneContext db, ConfigReactionRow changed, CancellationToken ct)
    {
        try
        {
            return await IsDoneAsync(db, changed, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.LogWarning("What changed for {Service} in {Environment} is looked at again later: {Reason}", changed.Service, changed.Environment, e.Message);
            return false;
        }
    }

    private async Task<bool> IsDoneAsync(ControlPlaneContext db, ConfigReactionRow changed, CancellationToken ct)
    {
        // First: a rollout that is asked for after this reads the new values itself.
        if (await db.Leases.AnyAsync(l => l.Service == changed.Service && l.Environment == changed.Environment, ct))
            return false;
        var row = await db.CurrentRelease(changed.Service, changed.Environment).FirstOrDefaultAsync(ct);
        if (row?.ToRelease() is not { } current)
            return true;
        var status = (await board.ReadAsync(ct)).Find(current.Service, current.Environment, current.Id);
        if (IsStopped(status))
            return false;
        var set = (await db.Rollouts.AsNoTracking().SingleAsync(r => r.Id == row.Rollout, ct)).ToRollout().Set;
        var wish = await drift.WishAsync(current, set, status?.Values?.Revision, ct);
        return wish == ConfigWish.Nothing || await RequestAsync(changed, current, wish, set, ct);
    }

    // A change must not start what somebody has stopped.
    private static bool IsStopped(UnitStatus? status) =>
        status is { Instances.Count: > 0 } && status.Instances.All(instance => instance is { State: InstanceState.Stopped, Completed: false });

    private async Task<bool> RequestAsync(ConfigReactionRow changed, Release current, ConfigWish wish, IReadOnlyList<string>? set, CancellationToken ct)
    {
        var by = $"the config server, changed by {changed.ChangedBy}";
        var request = new RolloutRequest
        {
            Service = changed.Service, Environment = changed.Environment, Promotes = wish == ConfigWish.Rollout ? current.Id : null, Refreshes = wish == ConfigWish.Refresh ? current.Id : null, Set = set, RequestedBy = by.Length <= RequestRules.LongestText ? by : by[..RequestRules.LongestText],
        };
        return await requests.RequestAsync(request, $"config-{changed.Mark}-{current.Id}", ct) is RequestOutcome.Accepted;
    }
}
