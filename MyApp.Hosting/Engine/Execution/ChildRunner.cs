namespace MyApp.Hosting.Engine.Execution;

/// <summary>A part of another resource, such as a server's database: it is in the state its parent is in, and has a health of its own.</summary>
internal sealed class ChildRunner(IResourceWithParent resource, RunnerServices services) : IResourceRunner
{
    private readonly CancellationTokenSource stop = new();
    private Task following = Task.CompletedTask;

    public IResource Resource => resource;

    public Task StartAsync(CancellationToken ct)
    {
        following = FollowAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await stop.CancelAsync();
        await following;
    }

    public void Dispose() => stop.Dispose();

    private async Task FollowAsync()
    {
        string? state = null;
        CancellationTokenSource? watch = null;
        try
        {
            await foreach (var update in services.Notifications.WatchAsync(stop.Token))
            {
                if (!ReferenceEquals(update.Resource, resource.Parent) || update.Snapshot.State?.Text == state)
                    continue;
                state = update.Snapshot.State?.Text;
                watch?.Cancel();
                await services.PublishAsync(resource, s => s with { State = update.Snapshot.State, ExitCode = update.Snapshot.ExitCode, IsReady = false });
                if (state == KnownResourceStates.Running)
                    _ = services.Health.WatchAsync(resource, (watch = CancellationTokenSource.CreateLinkedTokenSource(stop.Token)).Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
