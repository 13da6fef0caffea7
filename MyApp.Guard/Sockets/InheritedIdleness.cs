namespace MyApp.Guard.Sockets;

/// <summary>
/// Notices when there was no connection for a while to ports that instances accept from themselves. The kernel's table is read now and
/// then; it remembers connections for a minute after their end, so those between two looks are seen too.
/// </summary>
internal sealed class InheritedIdleness : IDisposable
{
    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(30);
    private readonly IReadOnlyList<int> ports;
    private readonly TimeSpan idleAfter;
    private readonly TimeProvider clock;
    private readonly Action onIdle;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private long lastSeen;
    private bool isDisposed;

    /// <param name="onIdle">Called on any thread, and again while it is still idle; not once this is disposed. Must not block.</param>
    public InheritedIdleness(IReadOnlyList<int> ports, TimeSpan idleAfter, TimeProvider clock, Action onIdle)
    {
        (this.ports, this.idleAfter, this.clock, this.onIdle) = (ports, idleAfter, clock, onIdle);
        lastSeen = clock.GetTimestamp();
        var look = TimeSpan.FromTicks(Math.Clamp(idleAfter.Ticks / 4, ShortestLook.Ticks, LongestLook.Ticks));
        timer = clock.CreateTimer(_ => Look(), null, look, look);
    }

    public void Dispose()
    {
        lock (gate)
            isDisposed = true;
        timer.Dispose();
    }

    private void Look()
    {
        var now = clock.GetTimestamp();
        try
        {
            foreach (var port in ports)
            {
                if (TcpTable.SinceLastConnection(port) is { } age)
                    lastSeen = Math.Max(lastSeen, now - (long)(age.TotalSeconds * clock.TimestampFrequency));
            }
        }
        catch (IOException)
        {
            // No descriptor is left to look with: what is not seen may be there.
            lastSeen = now;
        }

        lock (gate)
        {
            if (!isDisposed && clock.GetElapsedTime(lastSeen, now) >= idleAfter)
                onIdle();
        }
    }
}
