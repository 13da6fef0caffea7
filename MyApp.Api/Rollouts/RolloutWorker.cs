using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using Npgsql;

namespace MyApp.Api.Rollouts;

/// <summary>
/// Takes rollouts nobody works on and runs them, several at once but never two of one service. A replica that dies or loses the
/// database leaves its leases to expire, and any replica goes on from what the record says.
/// </summary>
internal sealed class RolloutWorker(
    IServiceProvider services, DatabaseGate gate, LeasedRun run, Wakeups wakeups, IOptions<WorkerOptions> options,
    ILogger<RolloutWorker> log) : BackgroundService
{
    // Unique per process: a restarted replica must not take its predecessor's leases for its own.
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly List<Task> runs = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            while (true)
            {
                var beat = wakeups.Work.Next;
                await StartRunsAsync(stoppingToken);
                await wakeups.Work.WaitAsync(beat, options.Value.Poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Each run sees the same token, stops at a safe point and gives its lease back.
            await Task.WhenAll(runs);
        }
    }

    private async Task StartRunsAsync(CancellationToken ct)
    {
        runs.RemoveAll(r => r.IsCompleted);
        try
        {
            while (runs.Count < options.Value.Parallel && await ClaimAsync(ct) is { } claim)
                runs.Add(run.RunAsync(claim, ct));
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            log.LogWarning("No rollouts can be taken now: {Reason}", DatabaseFailure.Reason(e));
        }
    }

    private Task<Claim?> ClaimAsync(CancellationToken ct) =>
        Sql.ClaimAsync(services.GetRequiredService<NpgsqlDataSource>(), owner, options.Value.Lease, ct);
}
