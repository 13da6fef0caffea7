using MyApp.Api.Events;

namespace MyApp.Api.Persistence;

/// <summary>Takes claims on work that the record holds and runs them, several at once. What a run can't settle expires, and any replica takes it.</summary>
/// <param name="pulse">Beats when there may be something to take.</param>
/// <param name="what">In words, e.g. <c>rollouts</c>.</param>
/// <param name="parallel">Runs at once.</param>
/// <param name="poll">How often to look unasked.</param>
internal abstract class ClaimWorker<TClaim>(DatabaseGate gate, Pulse pulse, string what, int parallel, TimeSpan poll, ILogger log) : BackgroundService
    where TClaim : class
{
    // Unique per process: a restarted replica must not take its predecessor's claims for its own.
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
    private readonly List<Task> runs = [];

    /// <summary>Null: there is nothing to take.</summary>
    protected abstract Task<TClaim?> ClaimAsync(string owner, CancellationToken ct);

    /// <summary>Never throws; on cancellation it stops at a safe point and gives its claim back.</summary>
    protected abstract Task RunAsync(TClaim claim, CancellationToken ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            while (true)
            {
                var beat = pulse.Next;
                await StartRunsAsync(stoppingToken);
                // A run that is over makes room for the next.
                await pulse.WaitAsync(Task.WhenAny(runs.Append(beat)), poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(runs);
        }
    }

    private async Task StartRunsAsync(CancellationToken ct)
    {
        runs.RemoveAll(run => run.IsCompleted);
        try
        {
            while (runs.Count < parallel && await ClaimAsync(owner, ct) is { } claim)
                runs.Add(RunAsync(claim, ct));
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            log.LogWarning("No {What} can be taken now: {Reason}", what, DatabaseFailure.Reason(e));
        }
    }
}
