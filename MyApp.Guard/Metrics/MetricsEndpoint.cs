using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MyApp.Guard.Metrics;

/// <summary><c>GET /metrics</c> for Prometheus: as much HTTP as that takes, one answer a connection.</summary>
internal sealed class MetricsEndpoint : IDisposable
{
    private const int Backlog = 16;
    private const int MaxRequest = 8 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Socket listener;
    private readonly FleetMetrics metrics;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stop = new();

    /// <exception cref="SocketException">The address can't be listened on.</exception>
    public MetricsEndpoint(IPEndPoint address, FleetMetrics metrics, TimeProvider clock)
    {
        (this.metrics, this.clock) = (metrics, clock);
        listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens; of interest where port 0 was asked for.</summary>
    public EndPoint Address => listener.LocalEndPoint!;

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
    }

    // One after the other: scrapes are rare, and one that dawdles is cut off.
    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptAsync(stop.Token);
                using var patience = new CancellationTokenSource(Patience, clock);
                await AnswerAsync(client, patience.Token);
            }
            catch (SocketException)
            {
                // The client went away, or descriptors are short.
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // Too slow, or the end: the loop's condition tells.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Socket client, CancellationToken ct)
    {
        var (status, type, body) = await ReadAsync(client, ct) switch
        {
            ["GET", "/metrics", ..] => ("200 OK", PrometheusText.ContentType, PrometheusText.Write(metrics.Sample())),
            ["GET", ..] => ("404 Not Found", "text/plain", "the metrics are at /metrics\n"),
            _ => ("400 Bad Request", "text/plain", "GET /metrics\n"),
        };
        var content = Encoding.UTF8.GetBytes(body);
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
        foreach (var part in (byte[][])[head, content])
        {
            for (var sent = 0; sent < part.Length;)
                sent += await client.SendAsync(part.AsMemory(sent), ct);
        }

        client.Shutdown(SocketShutdown.Send);
    }

    /// <returns>The words of the request's first line; none when it is no request.</returns>
    private static async Task<string[]> ReadAsync(Socket client, CancellationToken ct)
    {
        var buffer = new byte[MaxRequest];
        for (var length = 0; length < MaxRequest;)
        {
            var count = await client.ReceiveAsync(buffer.AsMemory(length), ct);
            if (count == 0)
                return [];
            length += count;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(buffer, 0, buffer.AsSpan(0, length).IndexOf((byte)'\r')).Split(' ', '?');
        }

        return [];
    }
}
