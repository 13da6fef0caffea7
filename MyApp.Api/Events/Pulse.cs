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

    /// <returns>The beat this one was, as <see cref="Next"/> had it, and the one after it.</returns>
    public (Task This, Task After) Beat()
    {
        var after = NewSource();
        var now = Interlocked.Exchange(ref next, after);
        now.TrySetResult();
        return (now.Task, after.Task);
    }

    public async Task WaitAsync(Task beat, TimeSpan atMost, CancellationToken ct)
    {
        await beat.WaitAsync(atMost, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
