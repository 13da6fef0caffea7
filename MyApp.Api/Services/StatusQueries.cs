using Microsoft.EntityFrameworkCore;
using MyApp.Api.Instances;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Services;

/// <summary>What is asked about services, by the JSON endpoints and the console alike: the record joined with what the guard says now.</summary>
internal sealed class StatusQueries(IDbContextFactory<ControlPlaneContext> contexts, InstanceBoard board)
{
    private const int MostReleases = 100;
    private const int MostEvents = 2000;

    /// <param name="environment">Null: every environment.</param>
    public async Task<ServiceList> ServicesAsync(string? environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Services.AsNoTracking().Where(s => environment == null || s.Environment == environment)
            .OrderBy(s => s.Service).ThenBy(s => s.Environment).ToListAsync(ct);
        var live = await board.ReadAsync(ct);
        return new ServiceList([.. rows.Select(row => ServiceViews.Of(row, live))]);
    }

    /// <summary>Null: unknown in that environment.</summary>
    public async Task<ServiceView?> ServiceAsync(string service, string environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Services.AsNoTracking().FirstOrDefaultAsync(s => s.Service == service && s.Environment == environment, ct);
        return row is null ? null : ServiceViews.Of(row, await board.ReadAsync(ct));
    }

    /// <summary>Newest first; at most 100.</summary>
    public async Task<ReleaseList> ReleasesAsync(string service, string environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var current = await CurrentAsync(db, service, environment, ct);
        var rows = await db.Releases.AsNoTracking().Where(r => r.Service == service && r.Environment == environment)
            .OrderByDescending(r => r.Number).Take(MostReleases).ToListAsync(ct);
        return new ReleaseList([.. rows.Select(r => r.ToView(current))]);
    }

    public async Task<ReleaseView?> ReleaseAsync(string release, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Releases.AsNoTracking().FirstOrDefaultAsync(r => r.Id == release, ct);
        return row?.ToView(await CurrentAsync(db, row.Service, row.Environment, ct));
    }

    /// <summary>Newest first.</summary>
    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: in every environment.</param>
    public async Task<RolloutList> RolloutsAsync(string? service, string? environment, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Rollouts.AsNoTracking()
            .Where(r => (service == null || r.Service == service) && (environment == null || r.Environment == environment))
            .OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Id).Take(most).ToListAsync(ct);
        return new RolloutList([.. rows.Select(Records.ToRollout)]);
    }

    /// <summary>A rollout with its events, oldest first (the first 2000).</summary>
    public async Task<RolloutView?> RolloutAsync(Guid rollout, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var row = await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rollout, ct);
        if (row is null)
            return null;
        var events = await db.Events.AsNoTracking().Where(e => e.Rollout == rollout)
            .OrderBy(e => e.Sequence).Take(MostEvents).ToListAsync(ct);
        var build = await db.Builds.Where(b => b.Rollout == rollout).Select(b => (Guid?)b.Id).FirstOrDefaultAsync(ct);
        return new RolloutView(row.ToRollout(), [.. events.Select(Records.ToEvent)], build) { Approval = (await RolloutApprovals.PendingAsync(db, row.ToRollout(), ct))?.View };
    }

    private static Task<string?> CurrentAsync(ControlPlaneContext db, string service, string environment, CancellationToken ct) =>
        db.Services.Where(s => s.Service == service && s.Environment == environment).Select(s => s.CurrentRelease).FirstOrDefaultAsync(ct);
}
