using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Rollouts;
using Npgsql;

namespace MyApp.Api.Rollouts;

/// <summary>Goes on with a rollout until it is final, or waits for people: <see cref="RolloutRunner.RunAsync"/>, or a stand-in of a test.</summary>
internal delegate Task RunRollout(Guid rollout, IRolloutStore store, CancellationToken ct);

/// <summary>One run of one rollout under its lease, which is renewed as long as the run goes on.</summary>
internal sealed class LeasedRun(
    IDbContextFactory<ControlPlaneContext> contexts, IServiceProvider services, RunRollout run, Wakeups wakeups, IOptions<WorkerOptions> options,
    TimeProvider clock, ILogger<LeasedRun> log)
{
    private static readonly ActivitySource Activities = new("MyApp.Rollouts");

    private NpgsqlDataSource Source => services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>Never throws: the worker has nothing better to do with a failure than what is done here.</summary>
    public async Task RunAsync(Claim claim, CancellationToken stopping)
    {
        using var activity = Activities.StartActivity($"rollout of {claim.Service} in {claim.Environment}");
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var renewing = RenewAsync(claim, running);
        var hasReturned = false;
        try
        {
            log.LogInformation("Running rollout {Rollout} of {Service} in {Environment}", claim.Rollout, claim.Service, claim.Environment);
            await run(claim.Rollout, new PostgresRolloutStore(contexts, wakeups, claim), running.Token);
            hasReturned = true;
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("Stopped running rollout {Rollout}; it will be gone on with", claim.Rollout);
        }
        // Process boundary: a bug in one rollout's run must not end the worker; the lease expires and the run is tried again.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(e, "The run of rollout {Rollout} broke off; it will be tried again", claim.Rollout);
            await PauseAsync(stopping);
        }

        await running.CancelAsync();
        await renewing;
        await SettleAsync(claim, hasReturned);
    }

    /// <summary>Cancels the run as soon as the lease is lost, or as it might be: well before it could expire unrenewed.</summary>
    private async Task RenewAsync(Claim claim, CancellationTokenSource running)
    {
        var renewed = clock.GetTimestamp();
        while (clock.GetElapsedTime(renewed) < options.Value.Lease * 0.75)
        {
            await Task.Delay(options.Value.Lease / 4, clock, running.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var asked = clock.GetTimestamp();
            var held = await TryRenewAsync(claim, running.Token);
            if (running.IsCancellationRequested)
                return;
            if (held is false)
                break;
            if (held is true)
                renewed = asked;
        }

        log.LogWarning("The lease of rollout {Rollout} is lost", claim.Rollout);
        await running.CancelAsync();
    }

    /// <summary>Null: not known, the database did not answer in time.</summary>
    private async Task<bool?> TryRenewAsync(Claim claim, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.Value.Lease / 4);
        try
        {
            return await Sql.RenewAsync(Source, claim, options.Value.Lease, patience.Token);
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Ends the service's lease once its rollout is final and the run over, else gives the rollout back to be gone on with: later, where the run itself stopped.</summary>
    private async Task SettleAsync(Claim claim, bool hasReturned)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), clock);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(patience.Token);
            var state = await db.Rollouts.Where(r => r.Id == claim.Rollout).Select(r => r.State).SingleAsync(patience.Token);
            if (state.IsFinal())
                await db.Leases.Where(l => l.Rollout == claim.Rollout && l.Fence == claim.Fence).ExecuteDeleteAsync(patience.Token);
            else if (hasReturned)
                await Sql.ParkAsync(Source, claim, options.Value.Rest, patience.Token);
            else
                await Sql.ReleaseAsync(Source, claim, patience.Token);
            wakeups.SayWork();
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is OperationCanceledException)
        {
            log.LogWarning("The lease of rollout {Rollout} is left to expire: {Reason}", claim.Rollout, DatabaseFailure.Reason(e));
        }
    }

    private async Task PauseAsync(CancellationToken stopping) =>
        await Task.Delay(options.Value.Poll, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
