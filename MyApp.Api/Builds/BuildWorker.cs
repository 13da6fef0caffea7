using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using Npgsql;

namespace MyApp.Api.Builds;

/// <summary>Takes builds from the queue, the oldest first, a few at once. One of a replica that died is begun anew by any other.</summary>
internal sealed class BuildWorker(
    IServiceProvider services, DatabaseGate gate, BuildRun run, Wakeups wakeups, IOptions<BuildOptions> options, ILogger<BuildWorker> log) : BackgroundService
{
    // Unique per process: a restarted replica must not take its predecessor's claims for its own.
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly List<Task> runs = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            while (true)
            {
                var beat = wakeups.Builds.Next;
                await StartRunsAsync(stoppingToken);
                // One that is over makes room for the next.
                var over = Task.WhenAny(runs.Append(beat));
                await wakeups.Builds.WaitAsync(over, options.Value.Poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(runs);
        }
    }

    private async Task StartRunsAsync(CancellationToken ct)
    {
        runs.RemoveAll(each => each.IsCompleted);
        try
        {
            while (runs.Count < options.Value.Parallel && await Sql.ClaimBuildAsync(services.GetRequiredService<NpgsqlDataSource>(), owner, options.Value.Lease, ct) is { } claim)
                runs.Add(run.RunAsync(claim, ct));
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            log.LogWarning("No builds can be taken now: {Reason}", DatabaseFailure.Reason(e));
        }
    }
}
