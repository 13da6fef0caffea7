using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Rollouts;

/// <summary>Takes requests for rollouts: the service's lease, the rollout and its first event are written together or not at all.</summary>
internal sealed class RolloutRequests(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, TimeProvider clock)
{
    /// <param name="key">The idempotency key; the same key with the same request answers with the same rollout. Null: none.</param>
    public async Task<RequestOutcome> RequestAsync(RolloutRequest request, string? key, CancellationToken ct)
    {
        var problems = RequestRules.Check(request);
        if (problems.Count > 0)
            return new RequestOutcome.Invalid(problems);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var rollout = New(request);
        if (key is not null && await RepeatedAsync(db, key, request, rollout.Id, ct) is { } repeated)
            return repeated;
        if (await UnknownAsync(db, request, ct) is { } unknown)
            return unknown;
        var promoted = await db.Releases.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rollout.Promotes, ct);
        rollout = rollout with { Source = promoted?.Source ?? rollout.Source };
        if (await LeaseHeldAsync(db, rollout, ct) is { } held)
            return held;
        var isOwn = promoted?.Environment == rollout.Environment;
        // Under the lease nobody else moves the traffic: an older artifact can't come back by this.
        if (isOwn && !await db.Services.AnyAsync(s => s.Service == rollout.Service && s.Environment == rollout.Environment && s.CurrentRelease == rollout.Promotes, ct))
            return new RequestOutcome.Unknown("unknown-release", $"{rollout.Promotes} has not the traffic in {rollout.Environment} any more");
        await Sql.AddServiceAsync(db.Database, rollout.Service, rollout.Environment, ct);
        await RolloutWrites.AppendAsync(db, [Requested(rollout, isOwn)], ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
        wakeups.SayWork();
        return new RequestOutcome.Accepted(rollout);
    }

    private Rollout New(RolloutRequest request) => new()
    {
        Id = Guid.CreateVersion7(clock.GetUtcNow()),
        Service = request.Service,
        Environment = request.Environment,
        Kind = request.Refreshes is not null ? RolloutKind.Refresh : request.Release is null ? RolloutKind.Ship : RolloutKind.Rollback,
        Source = request.Source,
        Vcs = request.Vcs,
        Promotes = request.Promotes ?? request.Refreshes,
        Set = request.Set is { Count: > 0 } ? request.Set : null,
        Release = request.Release ?? request.Refreshes,
        RequestedBy = request.RequestedBy,
        CreatedAt = clock.GetUtcNow(),
        UpdatedAt = clock.GetUtcNow(),
    };

    private async Task<RequestOutcome?> RepeatedAsync(
        ControlPlaneContext db, string key, RolloutRequest request, Guid rollout, CancellationToken ct)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.RolloutRequest)));
        var row = new IdempotencyRow { Key = key, Request = digest, Rollout = rollout, CreatedAt = clock.GetUtcNow() };
        if (await Sql.AddIdempotencyKeyAsync(db.Database, row, ct))
            return null;
        var known = await db.IdempotencyKeys.AsNoTracking().SingleAsync(k => k.Key == key, ct);
        if (known.Request != digest)
            return new RequestOutcome.KeyReused(key);
        return new RequestOutcome.Accepted((await db.Rollouts.AsNoTracking().SingleAsync(r => r.Id == known.Rollout, ct)).ToRollout());
    }

    private static async Task<RequestOutcome?> UnknownAsync(ControlPlaneContext db, RolloutRequest request, CancellationToken ct)
    {
        if (request.Source is { } source && !await db.Sources.AnyAsync(s => s.Digest == source, ct))
            return new RequestOutcome.Unknown("unknown-source", $"no source {source}: upload it first");
        if (request.Promotes is { } promoted && !await db.Releases.AnyAsync(
            r => r.Id == promoted && r.Service == request.Service && r.Source != null, ct))
            return new RequestOutcome.Unknown("unknown-release", $"{request.Service} has no release {promoted} that was made of a source");
        if ((request.Release ?? request.Refreshes) is { } release && !await db.Releases.AnyAsync(
            r => r.Id == release && r.Service == request.Service && r.Environment == request.Environment, ct))
            return new RequestOutcome.Unknown("unknown-release", $"{request.Service} has no release {release} in {request.Environment}");
        return null;
    }

    private async Task<RequestOutcome?> LeaseHeldAsync(ControlPlaneContext db, Rollout rollout, CancellationToken ct)
    {
        // The lease refers to the rollout, so this comes first; without the lease the transaction is given up.
        db.Rollouts.Add(rollout.ToRow());
        await db.SaveChangesAsync(ct);
        var lease = new LeaseRow
        {
            Service = rollout.Service, Environment = rollout.Environment, Holder = rollout.RequestedBy, Rollout = rollout.Id, Acquired = clock.GetUtcNow(),
        };
        if (await Sql.AddLeaseAsync(db.Database, lease, ct))
            return null;
        var held = await db.Leases.AsNoTracking()
            .FirstOrDefaultAsync(l => l.Service == rollout.Service && l.Environment == rollout.Environment, ct);
        return new RequestOutcome.LeaseHeld(Describe(held));
    }

    private static string Describe(LeaseRow? held) =>
        held is null
            ? "a rollout that has just ended"
            : $"{held.Holder} (rollout {held.Rollout}, since {held.Acquired.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z)";

    // Their paths alone.
    private static string WithValues(Rollout rollout) => rollout.Set is { } set ? $" with {string.Join(", ", set.Select(each => each.Split('=')[0]))} set" : "";

    private static RolloutEvent Requested(Rollout rollout, bool isOwn) => RolloutEvents.Entered(
        rollout,
        $"{rollout.RequestedBy} asked to {(rollout is { Kind: RolloutKind.Refresh, Release: { } refreshed } ? $"give {refreshed} the values of now" : rollout.Release is { } release ? $"move to {release}" : rollout.Promotes is { } promoted ? isOwn ? $"run {promoted} with the configuration of now" : $"promote {promoted}" : $"ship {rollout.Source}{(rollout.Vcs is { } vcs ? $" ({vcs.Describe()})" : "")}")}{WithValues(rollout)}",
        rollout.CreatedAt);
}
