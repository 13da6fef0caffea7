using System.Collections.Concurrent;
using MyApp.Guard.Logs;
using MyApp.Guard.Native;
using MyApp.Guard.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>A service in an environment: its releases, its log, its ports. <see cref="Gate"/> lets one change happen at a time.</summary>
internal sealed class ServiceRuntime : IDisposable
{
    private static readonly TimeSpan PortRetry = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, UnitRuntime> units = new(StringComparer.Ordinal);
    private readonly GuardContext context;

    public ServiceRuntime(GuardContext context, ServiceKey key)
    {
        (this.context, Key) = (context, key);
        Sockets = new ServiceSockets(key, context);
        Log = new ServiceLog(context.Logs, Path.Combine(context.Paths.LogsFolder, key.Environment, key.Service));
    }

    public ServiceKey Key { get; }

    public ServiceSockets Sockets { get; }

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ServiceLog Log { get; }

    public IEnumerable<UnitRuntime> Units => units.Values.OrderBy(u => u.Unit.Release, StringComparer.Ordinal);

    public UnitRuntime? Find(string release) => units.GetValueOrDefault(release);

    /// <summary>Takes a unit in, with its ports. Starts nothing.</summary>
    /// <exception cref="GuardException">A port is taken.</exception>
    public UnitRuntime Add(UnitRecord record)
    {
        Sockets.Open(record.Unit, []);
        return Register(record);
    }

    /// <summary>As <see cref="Add"/>, for a unit the guard before us ran: it is supervised even while a stranger has its port.</summary>
    public UnitRuntime Restore(UnitRecord record)
    {
        var isOpen = TryOpenSockets(record.Unit, Holders(record.Unit), tell: true);
        var unit = Register(record);
        if (!isOpen)
            _ = OpenSocketsAsync(record.Unit);
        return unit;
    }

    private UnitRuntime Register(UnitRecord record)
    {
        var unit = new UnitRuntime(context, record, Sockets, Log, PostStanding);
        units[record.Unit.Release] = unit;
        Redirect();
        return unit;
    }

    /// <summary>Sends the traffic to one release.</summary>
    /// <exception cref="GuardException">Its exposure needs a port that is taken.</exception>
    public void Switch(UnitRuntime to)
    {
        Sockets.Expose(to.Unit);
        // Written before the others are: after a crash in between there are two, and never none.
        to.Change(r => r with { Current = true });
        foreach (var other in Units.Where(u => u != to && u.Record.Current))
            other.Change(r => r with { Current = false });
        Redirect();
        PostStanding();
        if (to.Unit.Job?.Schedule is not null)
            to.StartResting();
    }

    /// <summary>Starts a unit that was just declared. A job on a schedule runs in one release at a time, so it waits for its switch.</summary>
    public void StartNew(UnitRuntime unit)
    {
        if (unit.Unit.Job?.Schedule is null || !Units.Any(u => u.Record.Current))
            unit.StartNew();
    }

    public async Task StopAsync(UnitRuntime unit, CancellationToken ct)
    {
        unit.Change(r => r with { Stopped = true });
        Redirect();
        await unit.StopAsync(StopReason.Requested, ct);
    }

    public void Start(UnitRuntime unit)
    {
        unit.Change(r => r with { Stopped = false });
        Redirect();
        unit.Start();
    }

    public void Restart(UnitRuntime unit)
    {
        if (unit.Record.Stopped)
            Start(unit);
        else
            unit.Restart();
    }

    public async Task RemoveAsync(UnitRuntime unit, CancellationToken ct)
    {
        await unit.StopAsync(StopReason.Requested, ct);
        units.TryRemove(unit.Unit.Release, out _);
        await unit.DisposeAsync();
        context.Store.Forget(unit.Unit);
        context.Configs.Remove(unit.Unit);
        Redirect();
        Sockets.CloseUnused(units.Values.Select(u => u.Unit));
        context.Changes.Tell(UnitKey.Of(unit.Unit));
        PostStanding();
    }

    /// <summary>Those a command for "the service" means: the current release; before the first switch all there are.</summary>
    public IReadOnlyList<UnitRuntime> Current()
    {
        var current = Units.Where(u => u.Record.Current).ToList();
        return current.Count > 0 ? current : [.. Units];
    }

    /// <summary>Tells those that depend on this service how far it is.</summary>
    private void PostStanding()
    {
        var states = Current().SelectMany(u => u.Instances).Select(i => i.State).ToList();
        context.Board.Post(Key, new Standing(states.Exists(s => s.Phase.IsUp()), states.Exists(s => s.Phase == InstancePhase.Ready), states.Exists(s => s.Completed)));
    }

    public void Dispose()
    {
        Sockets.Dispose();
        Log.Dispose();
        Gate.Dispose();
    }

    private void Redirect()
    {
        var current = Units.FirstOrDefault(u => u.Record.Current);
        Sockets.Traffic.Set(current?.Unit.Release, current?.Record.Stopped ?? false);
    }

    // Processes of a guard before us, which may have inherited the ports from it.
    private List<int> Holders(Unit unit) => unit.Socket != SocketMode.Inherit ? [] :
    [
        .. Enumerable.Range(0, unit.Replicas).Select(r => context.Store.Instance(unit, r, static (_, _) => { })?.State.Process)
            .Where(p => p is not null && ProcFs.IsAlive(p)).Select(p => p!.Pid),
    ];

    private async Task OpenSocketsAsync(Unit unit)
    {
        do
            await Task.Delay(PortRetry, context.Clock, CancellationToken.None);
        while (Find(unit.Release) is not null && !TryOpenSockets(unit, [], tell: false));
    }

    private bool TryOpenSockets(Unit unit, IReadOnlyCollection<int> holders, bool tell)
    {
        try
        {
            Sockets.Open(unit, holders);
            return true;
        }
        catch (GuardException e)
        {
            if (tell)
                context.Report($"{unit.Release}: {e.Message}; trying again until it is free");
            return false;
        }
    }
}
