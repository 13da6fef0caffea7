using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Persistence;

/// <summary>
/// The record a runner writes while it holds <paramref name="claim"/>. Every change is fenced: made under a claim that another replica
/// has taken over it changes nothing.
/// </summary>
internal sealed class PostgresRolloutStore(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, Claim claim) : IRolloutStore
{
    public async Task<Rollout?> FindAsync(Guid rollout, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rollout, ct))?.ToRollout();
    }

    public async Task<bool> TryAdvanceAsync(Rollout current, Rollout next, IReadOnlyList<RolloutEvent> events, CancellationToken ct)
    {
        if (next.Version != current.Version + 1)
            throw new ArgumentException($"version {next.Version} does not follow {current.Version}", nameof(next));
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ct);
        if (!await RolloutWrites.TryUpdateAsync(db, current, next, ct))
            return false;
        if (next.IsFinal)
            await db.Leases.Where(l => l.Rollout == next.Id).ExecuteDeleteAsync(ct);
        await RolloutWrites.AppendAsync(db, events, ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
        return true;
    }

    public async Task AppendAsync(IReadOnlyList<RolloutEvent> events, CancellationToken ct)
    {
        if (events.Count == 0)
            return;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ct);
        await RolloutWrites.AppendAsync(db, events, ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
    }

    public async Task<Release> AddReleaseAsync(Rollout rollout, Func<ReleaseNumber, Release> make, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ct);
        if (await db.Releases.AsNoTracking().FirstOrDefaultAsync(r => r.Rollout == rollout.Id, ct) is { } made)
            return made.ToRelease();
        var number = await Sql.NextReleaseNumberAsync(db.Database, rollout.Service, rollout.Environment, ct);
        var release = make(new ReleaseNumber($"{rollout.Service}-{rollout.Environment}-{number}", number));
        db.Releases.Add(release.ToRow(rollout.Id));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return release;
    }

    public async Task<IReadOnlyList<Approval>> ReadApprovalsAsync(Guid rollout, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.Approvals.AsNoTracking().Where(a => a.Rollout == rollout).ToListAsync(ct)).Select(Records.ToApproval)];
    }

    public async Task<Release?> FindReleaseAsync(string release, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.Releases.AsNoTracking().FirstOrDefaultAsync(r => r.Id == release, ct))?.ToRelease();
    }

    public async Task<Release?> FindCurrentReleaseAsync(string service, string environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.CurrentRelease(service, environment).FirstOrDefaultAsync(ct))?.ToRelease();
    }

    public async Task SetCurrentReleaseAsync(Rollout rollout, string release, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ct);
        await db.Services.Where(s => s.Service == rollout.Service && s.Environment == rollout.Environment)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.CurrentRelease, release), ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
    }

    public async Task<IReadOnlyList<Release>> ListReleasesAsync(string service, string environment, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Releases.AsNoTracking().Where(r => r.Service == service && r.Environment == environment)
            .OrderByDescending(r => r.Number).Take(most).ToListAsync(ct);
        return [.. rows.Select(Records.ToRelease)];
    }

    // The run is being cancelled by its lease already; this makes sure that nothing is written until it notices. A plain "false" would
    // say that the record moved on, and the runner would read it again and act once more.
    private async Task HoldAsync(ControlPlaneContext db, CancellationToken ct)
    {
        if (!await Sql.HoldsAsync(db.Database, claim, ct))
            throw new OperationCanceledException($"the lease of rollout {claim.Rollout} was lost to another replica");
    }
}
