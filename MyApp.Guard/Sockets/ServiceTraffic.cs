namespace MyApp.Guard.Sockets;

/// <summary>
/// Which instances of a service get its connections: of the ready ones of the current release the one with the fewest, and in turn
/// where several have as few.
/// </summary>
internal sealed class ServiceTraffic
{
    private const int MaxWaiting = 1024;
    private readonly Lock gate = new();
    private readonly List<Backend> open = [];
    private string? current;
    private volatile bool stopped;
    private int connections;
    private int waiting;
    private long patience = (long)TimeSpan.FromSeconds(10).TotalMilliseconds;
    private int turn;

    /// <summary>Other instances may be ready now, or one has ended. Raised on any thread, outside the lock.</summary>
    public event Action? Changed;

    /// <summary>A connection came while nobody was ready. Raised on a forwarder's thread, once for each connection: must not block.</summary>
    public event Action? Wanted;

    /// <summary>The last connection has ended. Raised on a forwarder's thread: must not block.</summary>
    public event Action? Emptied;

    /// <summary>The service was stopped by a person, so nobody should wait for it.</summary>
    public bool IsStopped => stopped;

    /// <summary>How long a connection waits for an instance to be ready; 10 s unless set.</summary>
    public TimeSpan Patience
    {
        get => TimeSpan.FromMilliseconds(Volatile.Read(ref patience));
        set => Volatile.Write(ref patience, (long)value.TotalMilliseconds);
    }

    /// <summary>Connections there are, those that wait among them.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Connections that no instance has taken yet.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Whether new connections are for this release.</summary>
    public bool Gets(string release)
    {
        lock (gate)
            return current == release && !stopped;
    }

    public void Set(string? currentRelease, bool isStopped) => Change(() => (current, stopped) = (currentRelease, isStopped));

    public void Open(Backend backend) => Change(() => open.Add(backend));

    public void Close(Backend backend) => Change(() => open.Remove(backend));

    /// <summary>Its process is gone: connections that it has ended its side of are closed.</summary>
    public void End(Backend backend) => Change(() =>
    {
        backend.End();
        open.Remove(backend);
    });

    /// <returns>Null when nobody is ready. The caller must <see cref="Backend.Leave"/>.</returns>
    public Backend? Enter(string portName)
    {
        lock (gate)
        {
            Backend? chosen = null;
            for (var i = 0; i < open.Count; i++)
            {
                var backend = open[(turn + i) % open.Count];
                if (backend.Release == current && backend.Ports.ContainsKey(portName) && (chosen is null || Load(backend) < Load(chosen)))
                    chosen = backend;
            }

            if (chosen is null)
                return null;
            turn = (open.IndexOf(chosen) + 1) % open.Count;
            // Under the lock, so that whoever drains this one counts us.
            chosen.Enter();
            return chosen;
        }
    }

    public void Join() => Interlocked.Increment(ref connections);

    public void Leave()
    {
        if (Interlocked.Decrement(ref connections) == 0)
            Emptied?.Invoke();
    }

    /// <returns>False: there are too many already.</returns>
    public bool TryWait()
    {
        if (Interlocked.Increment(ref waiting) <= MaxWaiting)
            return true;
        EndWait();
        return false;
    }

    public void EndWait() => Interlocked.Decrement(ref waiting);

    public void Want() => Wanted?.Invoke();

    // One that refuses has no connections, and would get all of them.
    private static long Load(Backend backend) => backend.Connections + (backend.IsSuspect ? 1L << 32 : 0);

    private void Change(Action change)
    {
        lock (gate)
            change();
        Changed?.Invoke();
    }
}
