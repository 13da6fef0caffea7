using MyApp.Supervision.Control;

namespace MyApp.Api.Instances;

/// <summary>Follows what the guard runs and shares it with the replicas that have no guard.</summary>
internal sealed class InstanceWatcher(GuardClient guard, InstanceBoard board, TimeProvider clock, ILogger<InstanceWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private bool? reached;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (GuardException e)
            {
                Say(e.Message);
            }

            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var refreshing = RefreshAsync(ended.Token);
        try
        {
            await foreach (var _ in guard.WatchAsync(ct))
                await ShareAsync(ct);
        }
        finally
        {
            await ended.CancelAsync();
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What is shared expires, so that nobody believes a dead guard; a quiet one says the same again in time.
    private async Task RefreshAsync(CancellationToken ct)
    {
        while (true)
        {
            await ShareAsync(ct);
            Say(trouble: null);
            await Task.Delay(InstanceBoard.Lifetime / 3, clock, ct);
        }
    }

    private async Task ShareAsync(CancellationToken ct) => board.Share((await guard.StatusAsync(null, null, ct)).Units);

    private void Say(string? trouble)
    {
        if (reached == trouble is null)
            return;
        reached = trouble is null;
        if (trouble is null)
            log.LogInformation("The guard answers at {Socket}", guard.SocketPath);
        else
            log.LogWarning("Services can't be watched: {Reason}", trouble);
    }
}
