namespace MyApp.Guard.Control;

/// <summary>Requests that are being answered, but for streams without end, and clients that have not asked yet.</summary>
internal sealed class RequestCount(TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private int count;

    public void Enter() => Interlocked.Increment(ref count);

    public void Leave() => Interlocked.Decrement(ref count);

    /// <summary>Completes when there are none, or after <paramref name="patience"/>.</summary>
    public async Task WhenNoneAsync(TimeSpan patience)
    {
        for (var begin = clock.GetTimestamp(); Volatile.Read(ref count) > 0 && clock.GetElapsedTime(begin) < patience;)
            await Task.Delay(Look, clock, CancellationToken.None);
    }
}
