namespace MyApp.Guard.Sockets;

/// <summary>Notices when a forwarded service has had no connection for a while. No timer runs while there is one.</summary>
internal sealed class ForwardedIdleness : IDisposable
{
    private readonly ServiceTraffic traffic;
    private readonly TimeSpan idleAfter;
    private readonly TimeProvider clock;
    private readonly Action onIdle;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private long emptySince;
    private bool isArmed;
    private bool isDisposed;

    /// <param name="onIdle">Called on any thread, and again after the same time if it is still idle; not once this is disposed. Must not block.</param>
    public ForwardedIdleness(ServiceTraffic traffic, TimeSpan idleAfter, TimeProvider clock, Action onIdle)
    {
        (this.traffic, this.idleAfter, this.clock, this.onIdle) = (traffic, idleAfter, clock, onIdle);
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        traffic.Emptied += Begin;
        if (traffic.Connections == 0)
            Begin();
    }

    public void Dispose()
    {
        traffic.Emptied -= Begin;
        lock (gate)
            isDisposed = true;
        timer.Dispose();
    }

    // Called for the end of every last connection: a timer that is armed already is left as it is, and finds out itself.
    private void Begin()
    {
        lock (gate)
        {
            emptySince = clock.GetTimestamp();
            if (!isArmed && !isDisposed)
                Arm(idleAfter);
        }
    }

    private void Look()
    {
        lock (gate)
        {
            isArmed = false;
            if (isDisposed || traffic.Connections > 0)
                return;
            var left = idleAfter - clock.GetElapsedTime(emptySince);
            Arm(left > TimeSpan.Zero ? left : idleAfter);
            if (left <= TimeSpan.Zero)
                onIdle();
        }
    }

    private void Arm(TimeSpan after)
    {
        isArmed = true;
        // Timers count whole milliseconds; one that is early would only look again.
        timer.Change(after + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
