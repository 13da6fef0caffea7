namespace Aspire.Hosting.Eventing;

internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock gate = new();
    private readonly List<(Type Event, DistributedApplicationEventSubscription Subscription)> subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback) where T : IDistributedApplicationEvent
    {
        var subscription = new DistributedApplicationEventSubscription((e, ct) => callback((T)e, ct));
        lock (gate)
            subscriptions.Add((typeof(T), subscription));
        return subscription;
    }

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent =>
        Subscribe<T>((e, ct) => ReferenceEquals(e.Resource, resource) ? callback(e, ct) : Task.CompletedTask);

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (gate)
            subscriptions.RemoveAll(s => s.Subscription == subscription);
    }

    public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default) where T : IDistributedApplicationEvent
    {
        List<DistributedApplicationEventSubscription> called;
        lock (gate)
            called = [.. subscriptions.Where(s => s.Event == typeof(T)).Select(s => s.Subscription)];
        foreach (var subscription in called)
            await subscription.Callback(@event, cancellationToken);
    }
}
