using MyApp.Supervision.Units;

namespace MyApp.Guard.Probing;

/// <summary>Asks one probe at once and then every period, until disposed.</summary>
internal sealed class ProbeSchedule : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public ProbeSchedule(Probe probe, int port, TimeProvider clock, Action<ProbeAnswer> onAnswer) =>
        _ = Task.Run(() => RunAsync(probe, port, clock, onAnswer, stop.Token));

    public void Dispose() => stop.Cancel();

    private static async Task RunAsync(Probe probe, int port, TimeProvider clock, Action<ProbeAnswer> onAnswer, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var answer = await Prober.AskAsync(probe, port, clock, ct);
                ct.ThrowIfCancellationRequested();
                onAnswer(answer);
                await Task.Delay(probe.Period, clock, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: the ordinary end.
        }
    }
}
