namespace MyApp.Guard.Sockets;

/// <summary>An instance as the forwarder sees it.</summary>
internal sealed class Backend(string instance, string release, IReadOnlyDictionary<string, int> ports)
{
    private const int SuspectMilliseconds = 1000;
    private readonly Lock gate = new();
    private volatile int connections;
    private volatile bool hasEnded;
    private long suspectUntil;
    private Action? onEmpty;

    public string Instance { get; } = instance;

    public string Release { get; } = release;

    public IReadOnlyDictionary<string, int> Ports { get; } = ports;

    public int Connections => connections;

    /// <summary>It has refused a connection lately: others are asked first.</summary>
    public bool IsSuspect => Environment.TickCount64 < Volatile.Read(ref suspectUntil);

    /// <summary>Its process is gone, so nobody reads what clients may still send.</summary>
    public bool HasEnded => hasEnded;

    public void Enter()
    {
        lock (gate)
            connections++;
    }

    public void Leave()
    {
        Action? call = null;
        lock (gate)
        {
            if (--connections == 0)
                (call, onEmpty) = (onEmpty, null);
        }

        call?.Invoke();
    }

    public void Suspect() => Volatile.Write(ref suspectUntil, Environment.TickCount64 + SuspectMilliseconds);

    public void End() => hasEnded = true;

    /// <summary>Calls once, as soon as no connection is left: at once if there is none.</summary>
    public void WhenEmpty(Action call)
    {
        lock (gate)
        {
            if (connections > 0)
            {
                onEmpty = call;
                return;
            }
        }

        call();
    }
}
