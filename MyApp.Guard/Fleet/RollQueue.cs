using MyApp.Guard.Native;

namespace MyApp.Guard.Fleet;

/// <summary>What goes through the copies of a unit one after the other, such as a restart: one at a time, the next when it has ended.</summary>
/// <param name="report">Told what could not be ended.</param>
internal sealed class RollQueue(Action<string> report) : IDisposable
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;
    private CancellationTokenSource current = new();
    private CancellationTokenSource? replaceable;

    public bool IsIdle => last.IsCompleted;

    public void Add(Func<CancellationToken, Task> roll)
    {
        lock (gate)
        {
            var ct = current.Token;
            last = last.ContinueWith(_ => RunAsync(roll, ct), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        }
    }

    /// <summary>As <see cref="Add"/>, and in place of what was added in this way before and has not ended: that may wait for what never comes.</summary>
    public void AddInPlace(Func<CancellationToken, Task> roll)
    {
        var own = new CancellationTokenSource();
        Interlocked.Exchange(ref replaceable, own)?.Cancel();
        Add(async ct =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, own.Token);
            await roll(either.Token);
        });
    }

    /// <summary>Breaks off what was asked for until now; none of it does anything after this.</summary>
    public async Task EndAsync()
    {
        Task ended;
        lock (gate)
        {
            current.Cancel();
            current = new CancellationTokenSource();
            ended = last;
        }

        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => current.Dispose();

    private async Task RunAsync(Func<CancellationToken, Task> roll, CancellationToken ct)
    {
        try
        {
            await roll(ct);
        }
        catch (OperationCanceledException)
        {
            // Whoever broke it off is waiting, or has asked for another.
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            report($"what was asked of its instances was not ended: {e.Message}");
        }
    }
}
