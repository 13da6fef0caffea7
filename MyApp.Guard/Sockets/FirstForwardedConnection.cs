namespace MyApp.Guard.Sockets;

/// <summary>Waits for a connection that wants a forwarded service of which nothing runs. The connection waits in the forwarder meanwhile.</summary>
internal sealed class FirstForwardedConnection : IDisposable
{
    private readonly ServiceTraffic traffic;
    private readonly string release;
    private readonly Action onWanted;
    private int told;

    /// <param name="onWanted">Called once, on any thread; at once when a connection waits already.</param>
    public FirstForwardedConnection(ServiceTraffic traffic, string release, Action onWanted)
    {
        (this.traffic, this.release, this.onWanted) = (traffic, release, onWanted);
        traffic.Wanted += Look;
        traffic.Changed += Look;
        Look();
    }

    public void Dispose()
    {
        traffic.Wanted -= Look;
        traffic.Changed -= Look;
    }

    private void Look()
    {
        if (traffic.Waiting > 0 && traffic.Gets(release) && Interlocked.Exchange(ref told, 1) == 0)
            onWanted();
    }
}
