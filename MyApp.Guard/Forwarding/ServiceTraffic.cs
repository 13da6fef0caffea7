namespace MyApp.Guard.Forwarding;

/// <summary>Which instances of a service get its connections: the ready ones of the current release, in turn.</summary>
internal sealed class ServiceTraffic
{
    private readonly Lock gate = new();
    private readonly List<Backend> open = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? current;
    private bool stopped;
    private uint turn;

    /// <summary>Completes at the next change after this call.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <summary>The service was stopped by a person, so nobody should wait for it.</summary>
    public bool IsStopped
    {
        get
        {
            lock (gate)
                return stopped;
        }
    }

    public void Set(string? currentRelease, bool isStopped) => Change(() => (current, stopped) = (currentRelease, isStopped));

    public void Open(Backend backend) => Change(() => open.Add(backend));

    public void Close(Backend backend) => Change(() => open.Remove(backend));

    /// <returns>Null when nobody is ready. The caller must <see cref="Backend.Leave"/>.</returns>
    public Backend? Enter(string portName)
    {
        lock (gate)
        {
            var ready = open.Where(b => b.Release == current && b.Ports.ContainsKey(portName)).ToList();
            if (ready.Count == 0)
                return null;
            // Under the lock, so that whoever drains this one counts us.
            var chosen = ready[(int)(turn++ % (uint)ready.Count)];
            chosen.Enter();
            return chosen;
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource done;
        lock (gate)
        {
            change();
            (done, changed) = (changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        done.SetResult();
    }
}
