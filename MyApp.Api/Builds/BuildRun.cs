using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using Npgsql;

namespace MyApp.Api.Builds;

/// <summary>One run of one build under its claim, which is renewed as long as the run goes on.</summary>
internal sealed class BuildRun(
    IDbContextFactory<ControlPlaneContext> contexts, IServiceProvider services, BuildWork work, Wakeups wakeups, IOptions<BuildOptions> options, TimeProvider clock,
    ILogger<BuildRun> log)
{
    private enum End { None, Stopped, Cancelled, Overdue, Lost }

    private NpgsqlDataSource Source => services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>Never throws: the worker has nothing better to do with a failure than what is done here.</summary>
    public async Task RunAsync(BuildClaim claim, CancellationToken stopping)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var record = new BuildRecord(contexts, wakeups, claim, clock, options.Value.MostLines);
        var watching = WatchAsync(claim, running, stopping);
        var writing = record.WriteAsync(running.Token);
        try
        {
            var failure = await work.RunAsync(claim, record, running.Token);
            await FinishAsync(running, watching, writing);
            await record.EndAsync(failure is null ? BuildState.Succeeded : BuildState.Failed, failure, CancellationToken.None);
            await ForgetAsync(claim.Build, stopping);
        }
        catch (OperationCanceledException)
        {
            await FinishAsync(running, watching, writing);
            await EndEarlyAsync(claim, record, await watching);
        }
        // Process boundary: a bug in one build must not end the worker; its claim expires and it is tried again.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(e, "The run of build {Build} broke off; it will be tried again", claim.Build);
            await FinishAsync(running, watching, writing);
        }
    }

    private static async Task FinishAsync(CancellationTokenSource running, Task watching, Task writing)
    {
        await running.CancelAsync();
        await watching;
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Whoever builds makes room for it; what can't be removed now is by the next.
    private async Task ForgetAsync(Guid latest, CancellationToken ct)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(ct);
            var before = clock.GetUtcNow() - options.Value.Keep;
            var old = db.Builds.Where(build => build.EndedAt < before && build.Id != latest);
            await db.BuildLines.Where(line => old.Any(build => build.Id == line.Build)).ExecuteDeleteAsync(ct);
            await old.ExecuteDeleteAsync(ct);
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is OperationCanceledException)
        {
            log.LogWarning("Builds that have been over for {Keep} are not removed yet: {Reason}", options.Value.Keep, DatabaseFailure.Reason(e));
        }
    }

    private async Task EndEarlyAsync(BuildClaim claim, BuildRecord record, End end)
    {
        try
        {
            if (end == End.Cancelled)
                await record.EndAsync(BuildState.Cancelled, "cancelled on request", CancellationToken.None);
            else if (end == End.Overdue)
                await record.EndAsync(BuildState.Failed, $"it took longer than {options.Value.Limit.TotalMinutes:0.##} minutes (Builds:Limit)", CancellationToken.None);
            else if (end == End.Stopped)
                await Sql.ReleaseBuildAsync(Source, claim, CancellationToken.None);
            wakeups.SayBuilds();
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            log.LogWarning("The claim of build {Build} is left to expire: {Reason}", claim.Build, DatabaseFailure.Reason(e));
        }
    }

    // Ends the run: on request, when its time is over, or well before the claim could expire unrenewed.
    private async Task<End> WatchAsync(BuildClaim claim, CancellationTokenSource running, CancellationToken stopping)
    {
        var (began, renewed) = (clock.GetTimestamp(), clock.GetTimestamp());
        var end = End.None;
        while (end == End.None && !running.IsCancellationRequested)
        {
            var beat = wakeups.Builds.Next;
            await Task.WhenAny(beat, Task.Delay(options.Value.Lease / 4, clock, running.Token));
            if (running.IsCancellationRequested)
                break;
            var asked = clock.GetTimestamp();
            switch (await TryRenewAsync(claim, running.Token))
            {
                case (true, var cancels):
                    (renewed, end) = (asked, cancels ? End.Cancelled : end);
                    break;
                case (false, _):
                    end = End.Lost;
                    break;
            }

            if (clock.GetElapsedTime(renewed) >= options.Value.Lease * 0.75)
                end = End.Lost;
            else if (clock.GetElapsedTime(began) >= options.Value.Limit)
                end = End.Overdue;
        }

        await running.CancelAsync();
        return end == End.None && stopping.IsCancellationRequested ? End.Stopped : end;
    }

    /// <summary>Null: not known, the database did not answer in time.</summary>
    private async Task<(bool? Held, bool Cancels)> TryRenewAsync(BuildClaim claim, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.Value.Lease / 4);
        try
        {
            var cancels = await Sql.RenewBuildAsync(Source, claim, options.Value.Lease, patience.Token);
            return (cancels is not null, cancels is true);
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is OperationCanceledException)
        {
            return (null, false);
        }
    }
}
