using System.Net;
using System.Net.Sockets;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>Gives every endpoint its address before anything starts, so that everybody can be told of everybody.</summary>
internal static class EndpointAllocation
{
    public static void Allocate(DistributedApplicationModel model, bool randomizePorts)
    {
        var taken = new HashSet<int>();
        foreach (var (resource, endpoint) in model.Resources.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Select(e => (r, e))))
        {
            var isContainer = resource is ContainerResource;
            var asked = randomizePorts ? null : endpoint.Port ?? (isContainer ? null : endpoint.TargetPort);
            var port = asked ?? FreePort(taken);
            taken.Add(port);
            // There is no proxy between: a process listens where its clients connect.
            if (!isContainer)
                endpoint.TargetPort = port;
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, endpoint.TargetHost, port);
        }
    }

    private static int FreePort(HashSet<int> taken)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (!taken.Contains(port))
                return port;
        }
    }
}
