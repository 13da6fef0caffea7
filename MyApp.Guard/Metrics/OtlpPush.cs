using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MyApp.Guard.Metrics;

/// <summary>
/// Sends the metrics to an OpenTelemetry collector over OTLP/HTTP. Without TLS: a collector stands on the same host, or a proxy does.
/// </summary>
internal sealed class OtlpPush : IDisposable
{
    private const string DefaultPath = "/v1/metrics";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource stop = new();
    private readonly Uri target;
    private readonly FleetMetrics metrics;
    private readonly TimeProvider clock;
    private readonly Action<string> report;
    private readonly DateTimeOffset since;
    private bool failing;

    public OtlpPush(Uri target, TimeSpan interval, FleetMetrics metrics, TimeProvider clock, Action<string> report)
    {
        (this.target, this.metrics, this.clock, this.report) = (target, metrics, clock, report);
        since = clock.GetUtcNow();
        _ = Task.Run(() => RunAsync(interval));
    }

    public void Dispose() => stop.Cancel();

    private async Task RunAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
        {
            await PushAsync();
        }
        while (await NextAsync(timer));
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // A collector that is away costs the points of that time and no more; it is told once.
    private async Task PushAsync()
    {
        string? problem;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            patience.CancelAfter(Patience);
            var status = await SendAsync(OtlpJson.Write(metrics.Sample(), since, clock.GetUtcNow()), patience.Token);
            problem = status.Split(' ') is [_, ['2', _, _], ..] ? null : $"it answers {(status.Length == 0 ? "nothing" : status)}";
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            problem = e is OperationCanceledException ? "no answer in time" : e.Message;
        }

        if (problem is not null != failing && !stop.IsCancellationRequested)
            report(problem is null ? $"metrics go to {target} again" : $"metrics can't be sent to {target}: {problem}");
        failing = problem is not null;
    }

    /// <returns>The status line.</returns>
    private async Task<string> SendAsync(byte[] body, CancellationToken ct)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target.IdnHost, target.Port, ct);
        var path = target.AbsolutePath == "/" ? DefaultPath : target.AbsolutePath;
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {target.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), ct);
        await stream.WriteAsync(body, ct);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(ct) ?? "";
    }
}
