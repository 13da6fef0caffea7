namespace MyApp.Guard.Forwarding;

/// <summary>An instance as the forwarder sees it.</summary>
internal sealed class Backend(string instance, string release, IReadOnlyDictionary<string, int> ports)
{
    private readonly Lock gate = new();
    private int connections;
    private Action? onEmpty;

    public string Instance { get; } = instance;

    public string Release { get; } = release;

    public IReadOnlyDictionary<string, int> Ports { get; } = ports;

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
