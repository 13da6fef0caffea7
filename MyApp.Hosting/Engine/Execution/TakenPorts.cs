using MyApp.Supervision.Ports;

namespace MyApp.Hosting.Engine.Execution;

internal static class TakenPorts
{
    /// <exception cref="DistributedApplicationException">A port the resource is to listen on is taken; the message says by whom.</exception>
    public static void ThrowIfAny(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.AllocatedEndpoint is { } address && PortOwner.Find(address.Port) is { } owner)
                throw new DistributedApplicationException($"'{resource.Name}' cannot listen on {address.EndPointString}: the port is taken by {owner}.");
        }
    }
}
