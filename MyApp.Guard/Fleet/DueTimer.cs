namespace MyApp.Guard.Fleet;

/// <summary>
/// A timer for a time of day. A machine's clock jumps (a suspended host, a first synchronisation): a grace period or a backoff has to last as
/// long as it was meant to all the same, and a schedule has to follow the clock.
/// </summary>
internal sealed class DueTimer : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly Action<DateTimeOffset, DateTimeOffset> elapsed;
    private readonly ITimer timer;
    private DateTimeOffset? due;
    private bool follows;
    private long armed;
    private TimeSpan wait;

    /// <param name="elapsed">Gets the time that has come, never one before the due time, and the due time.</param>
    public DueTimer(TimeProvider clock, Action<DateTimeOffset, DateTimeOffset> elapsed)
    {
        (this.clock, this.elapsed) = (clock, elapsed);
        timer = clock.CreateTimer(_ => OnElapsed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="at">Null: never. The same as before: nothing changes, whatever the clock says now.</param>
    /// <param name="wait">From now until then, by no clock that jumps.</param>
    /// <param name="followsClock">It is the time of day that counts, and not the wait.</param>
    public void Arm(DateTimeOffset? at, TimeSpan wait, bool followsClock)
    {
        lock (gate)
        {
            if ((at, followsClock) == (due, follows))
                return;
            (due, follows, armed, this.wait) = (at, followsClock, clock.GetTimestamp(), wait);
            Set_NeedsLock();
        }
    }

    /// <summary>Comes again after this time, or when it is due if that is later, as what was due may not have been done.</summary>
    public void Retry(TimeSpan after) => timer.Change(after, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    private void OnElapsed()
    {
        DateTimeOffset at, was;
        lock (gate)
        {
            if (due is not { } wanted)
                return;
            at = clock.GetUtcNow();
            // Also one that was on its way for an earlier due time when this one was set.
            if (Left_NeedsLock(wanted) > TimeSpan.Zero)
            {
                Set_NeedsLock();
                return;
            }

            (at, was) = (at < wanted ? wanted : at, wanted);
        }

        elapsed(at, was);
    }

    private void Set_NeedsLock()
    {
        if (due is not { } wanted)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var left = Left_NeedsLock(wanted);
        // Timers count whole milliseconds: rounded up, or it is early.
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (follows && left > Look ? Look : left).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Left_NeedsLock(DateTimeOffset wanted) => follows ? wanted - clock.GetUtcNow() : wait - clock.GetElapsedTime(armed);
}
