namespace MyApp.Api.Events;

/// <summary>
/// Wakes whoever waits. A beat may be lost (another replica's, with Redis away), so every wait also ends after a while and the waiter
/// reads the record again.
/// </summary>
internal sealed class Pulse(TimeProvider clock)
{
    private TaskCompletionSource next = NewSource();

    /// <summary>Take it before reading the record, and wait for it afterwards: a beat in between is then not missed.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    public void Beat() => Interlocked.Exchange(ref next, NewSource()).TrySetResult();

    public async Task WaitAsync(Task beat, TimeSpan atMost, CancellationToken ct)
    {
        await beat.WaitAsync(atMost, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
