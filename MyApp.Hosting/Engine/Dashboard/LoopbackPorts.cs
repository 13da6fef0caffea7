using System.Net;
using System.Net.Sockets;

namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>Chooses ports for programs that are started later: the wanted one where it is free, any free one elsewhere, none twice.</summary>
internal sealed class LoopbackPorts
{
    private readonly HashSet<int> taken = [];

    /// <param name="urls">As in ASPNETCORE_URLS: one or more, separated by semicolons; null: any port.</param>
    public int Take(string? urls)
    {
        var wanted = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Port : 0)
            .FirstOrDefault(port => port > 0);
        if (wanted > 0 && taken.Add(wanted) && TryBind(wanted) is not null)
            return wanted;
        while (true)
        {
            if (TryBind(0) is { } port && taken.Add(port))
                return port;
        }
    }

    private static int? TryBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException) when (port != 0)
        {
            return null;
        }
    }
}
