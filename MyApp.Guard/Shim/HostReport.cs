using MyApp.Guard.Fleet;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Shim;

/// <summary>
/// Tells the host's service manager what an instance comes to: READY=1 when it is up, STOPPING=1, a status in words, more time while it
/// starts or stops, and WATCHDOG=1 as long as it is well.
/// </summary>
internal sealed class HostReport : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);
    private readonly HostNotify host;
    private readonly InstanceLoop instance;
    private readonly Unit unit;
    private readonly List<ITimer> timers = [];
    private string? told;

    public HostReport(HostNotify host, InstanceLoop instance, TimeProvider clock, Unit unit)
    {
        (this.host, this.instance, this.unit) = (host, instance, unit);
        if (!host.IsHeard)
            return;
        timers.Add(clock.CreateTimer(_ => Refresh(), null, Tick, Tick));
        if (host.WatchdogEvery is { } every)
            timers.Add(clock.CreateTimer(_ => Beat(), null, TimeSpan.Zero, every));
    }

    public async Task UntilAtRestAsync()
    {
        var before = InstancePhase.Waiting;
        while (!before.IsAtRest())
        {
            var now = await instance.UntilAsync(s => s.Phase != before, CancellationToken.None);
            if (now.Phase.IsUp() && !before.IsUp())
                host.Ready();
            if (now.Phase is InstancePhase.Draining or InstancePhase.PreStopping or InstancePhase.Terminating && now.StopReason == StopReason.Requested)
                host.Stopping();
            before = now.Phase;
            Refresh();
        }
    }

    public void Dispose() => timers.ForEach(t => t.Dispose());

    private void Refresh()
    {
        var now = instance.State;
        // Twice the tick and then some: one that comes late is early enough.
        if (now.Phase is InstancePhase.Blocked or InstancePhase.Spawning or InstancePhase.Starting)
            host.Extend(Tick * 3);
        else if (now.Phase is >= InstancePhase.Draining and <= InstancePhase.Killing)
            host.Extend(unit.Stop.Drain + unit.Stop.Grace + Tick);
        var words = Words(now, instance.Status());
        if (words != Interlocked.Exchange(ref told, words))
            host.Status(words);
    }

    private static string Words(Instance now, Supervision.Control.InstanceStatus status)
    {
        var detail = status.WaitsFor is { } waits ? $"waits for {waits}"
            : now.Phase is InstancePhase.Starting or InstancePhase.Running ? status.LastProbe
            : now.Phase.IsUp() ? status.Said
            : status.LastExit;
        var state = now.Phase.ToState().ToString().ToLowerInvariant();
        return detail is null ? state : $"{state}: {detail}";
    }

    // One that is ill gets no more beats: whoever is quicker ends it, we or the manager.
    private void Beat()
    {
        if (instance.State.Ailing == StopReason.None)
            host.Alive();
    }
}
