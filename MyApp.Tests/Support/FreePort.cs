using System.Net;
using System.Net.Sockets;

namespace MyApp.Tests.Support;

public static class FreePort
{
    /// <summary>A loopback port nobody listened on a moment ago.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
