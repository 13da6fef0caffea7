using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The model is complete and nothing has been started.</summary>
public class BeforeStartEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
{
    public IServiceProvider Services => services;

    public DistributedApplicationModel Model => model;
}

/// <summary>Every resource that starts by itself has been started, or could not be.</summary>
public class AfterResourcesCreatedEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
{
    public IServiceProvider Services => services;

    public DistributedApplicationModel Model => model;
}

/// <summary>What the resource waits for is there; its arguments and environment are computed after this.</summary>
public class BeforeResourceStartedEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    public IResource Resource => resource;

    public IServiceProvider Services => services;
}

public class ConnectionStringAvailableEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    public IResource Resource => resource;

    public IServiceProvider Services => services;
}

/// <summary>Running, and healthy for the first time since it was started. Those waiting for it go on when the subscribers are done.</summary>
public class ResourceReadyEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    public IResource Resource => resource;

    public IServiceProvider Services => services;
}

public class ResourceStoppedEvent(IResource resource, IServiceProvider services, ResourceEvent resourceEvent) : IDistributedApplicationResourceEvent
{
    public IResource Resource => resource;

    public IServiceProvider Services => services;

    public ResourceEvent ResourceEvent => resourceEvent;
}
