using MyApp.Supervision.Probes;
using MyApp.Supervision.States;

namespace MyApp.Guard.Probing;

/// <summary>
/// Which instances are away because they were ill: the edge of <see cref="FleetBrake"/>. Those that are held wait in a row, and are called as
/// soon as one of the others is back.
/// </summary>
internal sealed class LivenessBrake
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> serviceOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> away = new(StringComparer.Ordinal);
    private readonly List<(string Instance, Action Granted)> held = [];

    /// <summary>An instance counts from when it is up until it comes to rest; one that fails for another cause (a crash loop) holds up no other.</summary>
    /// <param name="service">Every instance of the same service gives the same text.</param>
    public void Entered(string service, string instance, InstancePhase phase)
    {
        if (phase.IsUp())
        {
            lock (gate)
                serviceOf[instance] = service;
        }

        if (phase == InstancePhase.Ready)
            Back(instance);
        else if (phase is InstancePhase.CrashLoop or InstancePhase.Waiting or InstancePhase.Blocked or InstancePhase.StandBy or InstancePhase.Scheduled || phase.IsAtRest())
            Leave(instance);
    }

    /// <summary>Asks to restart an ill instance, which then counts as away until it is ready again.</summary>
    /// <param name="granted">Called once, now or when there is room; must not block.</param>
    /// <returns>Null: granted. Else why it is held.</returns>
    public string? Ask(string instance, Action granted)
    {
        lock (gate)
        {
            if (Hold_NeedsLock(instance) is { } why)
            {
                held.Add((instance, granted));
                return why;
            }
        }

        granted();
        return null;
    }

    /// <summary>It is well again.</summary>
    public void Withdraw(string instance)
    {
        lock (gate)
            held.RemoveAll(h => h.Instance == instance);
    }

    public void Leave(string instance)
    {
        lock (gate)
            serviceOf.Remove(instance);
        Withdraw(instance);
        Back(instance);
    }

    private void Back(string instance)
    {
        var granted = new List<Action>();
        lock (gate)
        {
            if (!away.Remove(instance))
                return;
            foreach (var waiting in held.ToList())
            {
                if (Hold_NeedsLock(waiting.Instance) is not null)
                    continue;
                held.Remove(waiting);
                granted.Add(waiting.Granted);
            }
        }

        granted.ForEach(g => g());
    }

    // Null: there is room, and it is taken.
    private string? Hold_NeedsLock(string instance)
    {
        if (!serviceOf.TryGetValue(instance, out var service) || away.Contains(instance))
            return null;
        var inService = (Instances: 0, Away: 0);
        foreach (var (other, of) in serviceOf)
        {
            if (of == service)
                inService = (inService.Instances + 1, inService.Away + (away.Contains(other) ? 1 : 0));
        }

        var hold = FleetBrake.Hold(inService, (serviceOf.Count, away.Count));
        if (hold is null)
            away.Add(instance);
        return hold;
    }
}
