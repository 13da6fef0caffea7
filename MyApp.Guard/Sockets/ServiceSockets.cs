using System.Net;
using MyApp.Guard.Fleet;
using MyApp.Guard.Native;
using MyApp.Supervision.Control;
using MyApp.Supervision.Ports;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>The ports of one service that the guard listens on, for all its releases: those it forwards, and those its instances inherit.</summary>
internal sealed class ServiceSockets(ServiceKey service, GuardContext context) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<UnitPort, PortForward> forwards = [];
    private readonly Dictionary<UnitPort, ListeningSocket> inherited = [];

    /// <summary>Where the connections of the forwarded ports go.</summary>
    public ServiceTraffic Traffic { get; } = new();

    /// <summary>Every socket that listens, for whoever keeps them beyond this process. They stay ours.</summary>
    public IReadOnlyList<(string Name, int Descriptor)> Listeners
    {
        get
        {
            lock (gate)
                return [.. forwards.Values.Select(f => f.Listener).Concat(inherited.Values).Select(l => (l.Name, l.Descriptor))];
        }
    }

    /// <summary>Listens on the ports of a unit, as far as they are not open already.</summary>
    /// <param name="holders">Running leaders of instances of this service that an earlier guard started.</param>
    /// <exception cref="GuardException">A port is taken; nothing new is open then.</exception>
    public void Open(Unit unit, IReadOnlyCollection<int> holders)
    {
        lock (gate)
        {
            var opened = new List<UnitPort>();
            try
            {
                foreach (var port in unit.Ports)
                    Open_NeedsLock(unit, port, holders, opened);
            }
            catch (GuardException)
            {
                foreach (var port in opened)
                    Close_NeedsLock(port);
                throw;
            }
        }
    }

    /// <summary>Releases share their ports; a change from loopback to all addresses, or back, comes with the switch.</summary>
    /// <exception cref="GuardException">The port is taken on the other address; it stays as it was.</exception>
    public void Expose(Unit unit)
    {
        lock (gate)
        {
            foreach (var port in unit.Ports.Where(p => forwards.TryGetValue(p, out var open) && !open.Address.Equals(AddressOf(unit))))
            {
                var before = forwards[port].Address;
                forwards[port].Dispose();
                try
                {
                    forwards[port] = Forward(AddressOf(unit), port);
                }
                catch (GuardException)
                {
                    forwards[port] = Forward(before, port);
                    throw;
                }
            }
        }
    }

    /// <summary>What an instance of the unit inherits, in the order of its ports. The descriptors stay ours.</summary>
    /// <exception cref="GuardException">A port is not open, and a stranger has it.</exception>
    public IReadOnlyList<(string Name, int Descriptor)> Inherited(Unit unit)
    {
        if (unit.Socket != SocketMode.Inherit)
            return [];
        Open(unit, []);
        lock (gate)
            return [.. unit.Ports.Select(p => (p.Name, inherited[p].Descriptor))];
    }

    /// <summary>For a unit on demand of which nothing runs.</summary>
    /// <param name="onWanted">Called once, when a connection waits for it: must not block.</param>
    /// <exception cref="GuardException">A port is not open, and a stranger has it.</exception>
    public IDisposable AwaitConnection(Unit unit, Action onWanted)
    {
        if (unit.Socket == SocketMode.Inherit)
            return new FirstQueuedConnection(Inherited(unit).Select(i => i.Descriptor), context.Poller, onWanted);
        // It waits for a start, and not for a restart.
        if (unit.Startup is { } startup)
            Traffic.Patience = Traffic.Patience > startup.Budget ? Traffic.Patience : startup.Budget;
        return new FirstForwardedConnection(Traffic, unit.Release, onWanted);
    }

    /// <summary>For a unit on demand that runs.</summary>
    /// <param name="onIdle">Called when there was no connection for as long as its rule says.</param>
    public IDisposable AwaitIdleness(Unit unit, OnDemandRule rule, Action onIdle) => unit.Socket == SocketMode.Inherit
        ? new InheritedIdleness([.. unit.Ports.Select(p => p.Port)], rule.IdleAfter, context.Clock, onIdle)
        : new ForwardedIdleness(Traffic, rule.IdleAfter, context.Clock, onIdle);

    /// <summary>Closes the ports that none of the units has.</summary>
    public void CloseUnused(IEnumerable<Unit> units)
    {
        var used = units.Where(u => u.Socket != SocketMode.None).SelectMany(u => u.Ports).ToHashSet();
        lock (gate)
        {
            foreach (var port in forwards.Keys.Concat(inherited.Keys).Where(p => !used.Contains(p)).ToList())
                Close_NeedsLock(port);
        }
    }

    public void Dispose() => CloseUnused([]);

    /// <summary>By which a socket is handed over, e.g. <c>inherit:prod/orders/http</c>.</summary>
    public static string NameOf(string mode, ServiceKey service, UnitPort port) => $"{mode}:{service.Environment}/{service.Service}/{port.Name}";

    private void Open_NeedsLock(Unit unit, UnitPort port, IReadOnlyCollection<int> holders, List<UnitPort> opened)
    {
        if (unit.Socket == SocketMode.None)
            return;
        if (unit.Socket == SocketMode.Forward ? inherited.ContainsKey(port) : forwards.ContainsKey(port))
            throw Taken(port, "is open for a release of this service with another socket mode; remove that first");
        if (forwards.ContainsKey(port))
            return;
        if (inherited.TryGetValue(port, out var known))
        {
            if (!known.Address.Address.Equals(AddressOf(unit)))
                throw Taken(port, $"is open on {known.Address.Address} for a release whose instances inherited it; remove that first");
            return;
        }

        if (unit.Socket == SocketMode.Forward)
            forwards[port] = Forward(AddressOf(unit), port);
        else
            inherited[port] = Listen("inherit", AddressOf(unit), port, blocking: true, holders);
        opened.Add(port);
    }

    private void Close_NeedsLock(UnitPort port)
    {
        if (forwards.Remove(port, out var forward))
            forward.Dispose();
        if (inherited.Remove(port, out var listener))
            listener.Dispose();
    }

    private PortForward Forward(IPAddress address, UnitPort port) =>
        new(Listen("forward", address, port, blocking: false, []), port.Name, Traffic, context.Forwards);

    private ListeningSocket Listen(string mode, IPAddress address, UnitPort port, bool blocking, IReadOnlyCollection<int> holders)
    {
        try
        {
            return context.Listeners.Open(NameOf(mode, service, port), new IPEndPoint(address, port.Port), blocking, holders);
        }
        catch (NativeException e) when (e.Errno == EADDRINUSE)
        {
            throw Taken(port, $"is taken by {OwnerOf(port)}");
        }
        catch (NativeException e)
        {
            throw Taken(port, $"can't be listened on: {e.Message}");
        }
    }

    private static GuardException Taken(UnitPort port, string how) => new("port-taken", $"port {port.Port} ({port.Name}) {how}");

    private static IPAddress AddressOf(Unit unit) => unit.Expose == Exposure.Loopback ? IPAddress.Loopback : IPAddress.Any;

    private static string OwnerOf(UnitPort port) => PortOwner.Find(port.Port) ?? "a process that can't be seen";
}
