using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine.States;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What state each resource is in: told by whoever runs it, watched by everyone else.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ResourceEvent> states = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> watchers = [];
    private readonly IHostApplicationLifetime lifetime;
    private readonly SnapshotFactory snapshots;

    internal ResourceNotificationService(IHostApplicationLifetime lifetime, SnapshotFactory snapshots)
    {
        this.lifetime = lifetime;
        this.snapshots = snapshots;
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory) =>
        PublishUpdateAsync(resource, ResourceId(resource), stateFactory);

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (gate)
        {
            var before = states.TryGetValue(resourceId, out var known) ? known.Snapshot : snapshots.Initial(resource);
            var update = new ResourceEvent(resource, resourceId, snapshots.WithCommandStates(resource, stateFactory(before)));
            states[resourceId] = update;
            // Under the lock, so that every watcher sees the updates of a resource in the order they happened.
            foreach (var watcher in watchers)
                watcher.Writer.TryWrite(update);
        }

        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (gate)
        {
            resourceEvent = states.GetValueOrDefault(resourceId)
                ?? states.Values.FirstOrDefault(e => ResourceName.Comparer.Equals(e.Resource.Name, resourceId));
        }

        return resourceEvent is not null;
    }

    /// <summary>The state of each resource now, then every update; ends when the application stops.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (gate)
        {
            foreach (var state in states.Values)
                channel.Writer.TryWrite(state);
            watchers.Add(channel);
        }

        try
        {
            using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopped);
            await foreach (var update in channel.Reader.ReadAllAsync(stopped.Token))
                yield return update;
        }
        finally
        {
            lock (gate)
                watchers.Remove(channel);
        }
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reached = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { } state && wanted.Contains(state.Text), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        await foreach (var update in WatchAsync(cancellationToken))
        {
            if (ResourceName.Comparer.Equals(update.Resource.Name, resourceName) && predicate(update))
                return update;
        }

        throw new OperationCanceledException($"The application stopped before the resource '{resourceName}' met the condition.");
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);

    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(
            resourceName, e => e.Snapshot.IsReady || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && Ended(e.Snapshot)), cancellationToken);
        return reached.Snapshot.IsReady
            ? reached
            : throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it is {reached.Snapshot.State?.Text}.");
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
                watcher.Writer.TryComplete();
        }

        GC.SuppressFinalize(this);
    }

    internal static string ResourceId(IResource resource) => SnapshotFactory.ResourceId(resource);

    internal CustomResourceSnapshot? Current(IResource resource) =>
        TryGetCurrentState(ResourceId(resource), out var state) ? state.Snapshot : null;

    private static bool Ended(CustomResourceSnapshot snapshot) => snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);
}
