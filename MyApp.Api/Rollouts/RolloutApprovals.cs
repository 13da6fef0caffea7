using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Rollouts;

/// <summary>What came of somebody's signing a rollout.</summary>
internal abstract record ApprovalOutcome
{
    private ApprovalOutcome()
    {
    }

    /// <param name="Gate">As it is with this signature, which may have been there before.</param>
    internal sealed record Taken(ApprovalGate Gate) : ApprovalOutcome;

    internal sealed record NotWaiting(RolloutState State) : ApprovalOutcome;

    internal sealed record Refused(string Reason) : ApprovalOutcome;

    internal sealed record Unknown : ApprovalOutcome;
}

/// <summary>Takes what people sign. Nothing is believed of the request but what the signature proves.</summary>
internal sealed class RolloutApprovals(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, TimeProvider clock)
{
    public async Task<ApprovalOutcome> ApproveAsync(Guid id, ApprovalRequest request, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if ((await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct))?.ToRollout() is not { } rollout)
            return new ApprovalOutcome.Unknown();
        if (await PendingAsync(db, rollout, ct) is not { } pending)
            return new ApprovalOutcome.NotWaiting(rollout.State);
        var approval = new Approval(id, request.Key, request.Signature, clock.GetUtcNow());
        var (name, gate, refusal) = pending.Judge(approval);
        if (name is null)
            return new ApprovalOutcome.Refused(refusal!);
        await KeepAsync(db, rollout, approval, name, ct);
        return new ApprovalOutcome.Taken(gate);
    }

    /// <summary>Null: it waits for nobody.</summary>
    public static async Task<PendingApproval?> PendingAsync(ControlPlaneContext db, Rollout rollout, CancellationToken ct)
    {
        if (rollout is not { State: RolloutState.Waiting, Release: { } moved })
            return null;
        var releases = await db.Releases.AsNoTracking().Where(r => r.Id == moved || r.Id == rollout.PreviousRelease).ToListAsync(ct);
        var known = await db.Approvals.AsNoTracking().Where(a => a.Rollout == rollout.Id).ToListAsync(ct);
        return PendingApproval.Of(rollout, releases.Single(r => r.Id == moved).ToRelease(), releases.FirstOrDefault(r => r.Id != moved)?.ToRelease(), [.. known.Select(Records.ToApproval)]);
    }

    private async Task KeepAsync(ControlPlaneContext db, Rollout rollout, Approval approval, string name, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // The lease first, as a run takes it.
        await Sql.CallAsync(db.Database, rollout.Id, ct);
        var row = new ApprovalRow { Rollout = rollout.Id, Key = approval.Key, Signature = approval.Signature, At = approval.At.ToUniversalTime() };
        if (await Sql.AddApprovalAsync(db.Database, row, ct))
            await RolloutWrites.AppendAsync(db, [RolloutEvents.Note(rollout, $"{name} has signed", approval.At)], ct);
        await transaction.CommitAsync(ct);
        wakeups.SayEvents();
        wakeups.SayWork();
    }
}
