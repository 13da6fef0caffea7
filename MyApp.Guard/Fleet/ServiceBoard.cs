using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>How far a service has come, as those that depend on it see it.</summary>
/// <param name="Started">Some instance is up.</param>
/// <param name="Ready">Some instance gets traffic.</param>
/// <param name="Completed">A job whose last run ended well.</param>
internal readonly record struct Standing(bool Started, bool Ready, bool Completed)
{
    public bool Meets(DependencyCondition condition) => condition switch
    {
        DependencyCondition.Started => Started || Completed,
        DependencyCondition.Ready => Ready,
        _ => Completed,
    };
}

/// <summary>Where services post their standing, and those that wait for it are called. Nobody polls.</summary>
internal sealed class ServiceBoard
{
    private readonly Lock gate = new();
    private readonly Dictionary<ServiceKey, Standing> standings = [];
    private readonly Dictionary<ServiceKey, List<Action>> waiting = [];

    public Standing Of(ServiceKey service)
    {
        lock (gate)
            return standings.GetValueOrDefault(service);
    }

    public void Post(ServiceKey service, Standing standing)
    {
        Action[] called;
        lock (gate)
        {
            if (standings.GetValueOrDefault(service) == standing)
                return;
            standings[service] = standing;
            called = waiting.TryGetValue(service, out var list) ? [.. list] : [];
        }

        foreach (var call in called)
            call();
    }

    /// <param name="onChange">Called after each change, on whatever thread made it; must not block.</param>
    public void Subscribe(ServiceKey service, Action onChange)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(service, out var list))
                waiting[service] = list = [];
            list.Add(onChange);
        }
    }

    public void Unsubscribe(ServiceKey service, Action onChange)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(service, out var list) && list.Remove(onChange) && list.Count == 0)
                waiting.Remove(service);
        }
    }
}
