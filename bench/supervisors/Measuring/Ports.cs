using System.Net;
using System.Net.Sockets;

namespace MyApp.Bench.Supervisors.Measuring;

internal static class Ports
{
    /// <summary>Different loopback ports nobody listened on a moment ago.</summary>
    public static IReadOnlyList<int> Free(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        try
        {
            foreach (var socket in sockets)
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return [.. sockets.Select(s => ((IPEndPoint)s.LocalEndPoint!).Port)];
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }
}
