using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MyApp.Guard.Forwarding;
using MyApp.Guard.Logs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Ports;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>A service in an environment: its releases, its log, its ports. <see cref="Gate"/> lets one change happen at a time.</summary>
internal sealed class ServiceRuntime(GuardContext context, ServiceKey key) : IDisposable
{
    private static readonly TimeSpan PortRetry = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, UnitRuntime> units = new(StringComparer.Ordinal);
    private readonly Dictionary<UnitPort, PortForward> forwards = [];
    private readonly ServiceTraffic traffic = new();

    public ServiceKey Key { get; } = key;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ServiceLog Log { get; } = new(context.Logs, Path.Combine(context.Paths.LogsFolder, key.Environment, key.Service));

    public IEnumerable<UnitRuntime> Units => units.Values.OrderBy(u => u.Unit.Release, StringComparer.Ordinal);

    public UnitRuntime? Find(string release) => units.GetValueOrDefault(release);

    /// <summary>Takes a unit in, with its ports. Starts nothing.</summary>
    /// <exception cref="GuardException">A port is taken.</exception>
    public UnitRuntime Add(UnitRecord record)
    {
        OpenForwards(record.Unit);
        return Register(record);
    }

    /// <summary>As <see cref="Add"/>, for a unit the guard before us ran: it is supervised even while a stranger has its port.</summary>
    public UnitRuntime Restore(UnitRecord record)
    {
        var unit = Register(record);
        _ = OpenForwardsAsync(record.Unit);
        return unit;
    }

    private UnitRuntime Register(UnitRecord record)
    {
        var unit = new UnitRuntime(context, record, traffic, Log, PostStanding);
        units[record.Unit.Release] = unit;
        Redirect();
        return unit;
    }

    /// <summary>Sends the traffic to one release.</summary>
    /// <exception cref="GuardException">Its exposure needs a port that is taken.</exception>
    public void Switch(UnitRuntime to)
    {
        lock (forwards)
            Expose_NeedsLock(to.Unit);
        // Written before the others are: after a crash in between there are two, and never none.
        to.Save(to.Record with { Current = true });
        foreach (var other in Units.Where(u => u != to && u.Record.Current))
            other.Save(other.Record with { Current = false });
        Redirect();
        PostStanding();
        if (to.Unit.Job?.Schedule is not null)
            to.StartResting();
    }

    /// <summary>Starts a unit that was just declared. A job on a schedule runs in one release at a time, so it waits for its switch.</summary>
    public void StartNew(UnitRuntime unit)
    {
        if (unit.Unit.Job?.Schedule is null || !Units.Any(u => u.Record.Current))
            unit.Start();
    }

    public async Task StopAsync(UnitRuntime unit, CancellationToken ct)
    {
        unit.Save(unit.Record with { Stopped = true });
        Redirect();
        await unit.StopAsync(StopReason.Requested, ct);
    }

    public void Start(UnitRuntime unit)
    {
        unit.Save(unit.Record with { Stopped = false });
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
        await unit.CloseAsync();
        context.Store.Forget(unit.Unit);
        Redirect();
        lock (forwards)
            CloseUnusedForwards_NeedsLock();
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
        lock (forwards)
        {
            foreach (var forward in forwards.Values)
                forward.Dispose();
            forwards.Clear();
        }

        Log.Dispose();
        Gate.Dispose();
    }

    private void Redirect()
    {
        var current = Units.FirstOrDefault(u => u.Record.Current);
        traffic.Set(current?.Unit.Release, current?.Record.Stopped ?? false);
    }

    private async Task OpenForwardsAsync(Unit unit)
    {
        for (var told = false; Find(unit.Release) is not null; told = true)
        {
            try
            {
                OpenForwards(unit);
                return;
            }
            catch (GuardException e)
            {
                if (!told)
                    context.Report($"{unit.Release}: {e.Message}; trying again until it is free");
            }

            await Task.Delay(PortRetry, context.Clock, CancellationToken.None);
        }
    }

    private void OpenForwards(Unit unit)
    {
        if (unit.Socket != SocketMode.Forward)
            return;
        lock (forwards)
            OpenForwards_NeedsLock(unit);
    }

    private void OpenForwards_NeedsLock(Unit unit)
    {
        try
        {
            foreach (var port in unit.Ports.Where(p => !forwards.ContainsKey(p)))
                forwards[port] = Open(AddressOf(unit), port);
        }
        catch (GuardException)
        {
            CloseUnusedForwards_NeedsLock();
            throw;
        }
    }

    // Releases share their ports; a change from loopback to all addresses, or back, comes with the switch.
    private void Expose_NeedsLock(Unit unit)
    {
        foreach (var port in unit.Ports.Where(p => forwards.TryGetValue(p, out var open) && !open.Address.Equals(AddressOf(unit))))
        {
            var before = forwards[port].Address;
            forwards[port].Dispose();
            try
            {
                forwards[port] = Open(AddressOf(unit), port);
            }
            catch (GuardException)
            {
                forwards[port] = Open(before, port);
                throw;
            }
        }
    }

    private static IPAddress AddressOf(Unit unit) => unit.Expose == Exposure.Loopback ? IPAddress.Loopback : IPAddress.Any;

    private PortForward Open(IPAddress address, UnitPort port)
    {
        try
        {
            return new PortForward(new IPEndPoint(address, port.Port), port.Name, traffic, context.Clock);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new GuardException("port-taken", $"port {port.Port} ({port.Name}) is taken by {PortOwner.Find(port.Port) ?? "a process that can't be seen"}");
        }
        catch (SocketException e)
        {
            throw new GuardException("port-taken", $"port {port.Port} ({port.Name}) can't be listened on: {e.SocketErrorCode}");
        }
    }

    private void CloseUnusedForwards_NeedsLock()
    {
        var used = units.Values.Where(u => u.Unit.Socket == SocketMode.Forward).SelectMany(u => u.Unit.Ports).ToHashSet();
        foreach (var port in forwards.Keys.Where(p => !used.Contains(p)).ToList())
        {
            forwards[port].Dispose();
            forwards.Remove(port);
        }
    }
}
