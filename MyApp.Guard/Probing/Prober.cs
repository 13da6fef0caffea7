using System.Net;
using System.Net.Sockets;
using System.Text;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Probing;

/// <summary>One answer to a probe. <see cref="Text"/> is for a person, e.g. <c>GET /health/ready: 503 Service Unavailable</c>.</summary>
internal sealed record ProbeAnswer(bool Passed, string Text);

/// <summary>
/// Asks over loopback. HTTP is spoken by hand, a GET and a look at the status line: HttpClient would make up a third of the binary.
/// Nothing is followed or decoded.
/// </summary>
internal static class Prober
{
    private const int MaxStatusLine = 512;

    public static async Task<ProbeAnswer> AskAsync(Probe probe, int port, TimeProvider clock, CancellationToken ct)
    {
        var question = probe.Tcp ? $"tcp {port}" : $"GET {probe.HttpPath}";
        using var timeout = new CancellationTokenSource(probe.Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), both.Token);
            if (probe.Tcp)
                return new ProbeAnswer(true, $"{question}: connected");
            var (passed, status) = await GetAsync(socket, probe.HttpPath!, port, both.Token);
            return new ProbeAnswer(passed, $"{question}: {status}");
        }
        catch (SocketException e)
        {
            return new ProbeAnswer(false, $"{question}: {Words(e.SocketErrorCode)}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ProbeAnswer(false, $"{question}: no answer within {probe.Timeout.TotalSeconds:0.###} s");
        }
    }

    private static async Task<(bool Passed, string Status)> GetAsync(Socket socket, string path, int port, CancellationToken ct)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: myapp-guard\r\nAccept: */*\r\nConnection: close\r\n\r\n"), ct);
        var buffer = new byte[MaxStatusLine];
        var length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf((byte)'\n') < 0)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (count == 0)
                break;
            length += count;
        }

        return ReadStatus(Encoding.ASCII.GetString(buffer, 0, length));
    }

    // HTTP/1.1 200 OK
    internal static (bool Passed, string Status) ReadStatus(string answer)
    {
        var line = answer.Split('\n')[0].TrimEnd('\r');
        if (line.Length == 0)
            return (false, "connection closed without an answer");
        var parts = line.Split(' ', 3);
        if (!parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || parts.Length < 2 || !int.TryParse(parts[1], out var code))
            return (false, "not an HTTP answer");
        return (code is >= 200 and <= 299, parts.Length == 3 && parts[2].Length > 0 ? $"{code} {parts[2]}" : $"{code}");
    }

    private static string Words(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        _ => error.ToString(),
    };
}
