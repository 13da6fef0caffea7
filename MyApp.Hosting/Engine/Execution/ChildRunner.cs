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
        var ready = false;
        CancellationTokenSource? watch = null;
        try
        {
            await foreach (var update in services.Notifications.WatchAsync(stop.Token))
            {
                if (!ReferenceEquals(update.Resource, resource.Parent) || (update.Snapshot.State?.Text == state && update.Snapshot.IsReady == ready))
                    continue;
                (state, ready) = (update.Snapshot.State?.Text, update.Snapshot.IsReady);
                if (watch is not null)
                    await watch.CancelAsync();
                await services.PublishAsync(resource, s => s with { State = update.Snapshot.State, ExitCode = update.Snapshot.ExitCode, IsReady = false });
                // A database is looked at when its server is ready: before that it need not exist.
                if (ready)
                    _ = services.Health.WatchAsync(resource, (watch = CancellationTokenSource.CreateLinkedTokenSource(stop.Token)).Token);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
