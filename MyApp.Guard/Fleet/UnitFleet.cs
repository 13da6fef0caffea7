using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using MyApp.Guard.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Ordering;
using MyApp.Supervision.Ports;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Everything the guard runs, and what clients may ask of it.</summary>
internal sealed class UnitFleet(GuardContext context)
{
    private readonly ConcurrentDictionary<ServiceKey, ServiceRuntime> services = new();
    private readonly Lock uidGate = new();

    public IEnumerable<ServiceRuntime> Services => services.Values.OrderBy(s => s.Key.Environment, StringComparer.Ordinal).ThenBy(s => s.Key.Service, StringComparer.Ordinal);

    /// <summary>Every socket that listens for a service, to be handed over to a guard that follows this one. They stay ours.</summary>
    public IReadOnlyList<(string Name, int Descriptor)> Listeners => [.. Services.SelectMany(s => s.Sockets.Listeners)];

    /// <summary>Lets forwarded connections come to their end, and new ones wait.</summary>
    /// <param name="patience">How long those that are open may go on.</param>
    public Task HoldConnectionsAsync(TimeSpan patience) => context.Forwards.HoldAsync(patience, context.Clock);

    public void ReleaseConnections() => context.Forwards.Release();

    /// <summary>Takes up what the guard before left: running processes untouched, the rest as it was wanted.</summary>
    public void Restore()
    {
        var allRead = true;
        var records = context.Store.Units((path, problem) =>
        {
            allRead = false;
            context.Report($"{path} can't be read and is left alone: {problem}");
        });
        // The current release first: its exposure is the one the ports are opened with.
        foreach (var record in records.OrderByDescending(r => r.Current))
            Service(UnitKey.Of(record.Unit).Service).Restore(record);
        context.Listeners.CloseRest();
        var instances = Services.SelectMany(s => s.Units).SelectMany(u => Enumerable.Range(0, u.Unit.Replicas).Select(UnitKey.Of(u.Unit).Instance));
        // What runs of a unit that can't be read is not known to be nobody's.
        if (allRead)
        {
            _ = context.Cgroups.RemoveLeftOversAsync(instances.ToHashSet(StringComparer.Ordinal), context.Clock);
            context.Configs.RemoveOthers(Services.SelectMany(s => s.Units).Select(u => u.Unit));
            context.Dossiers.ForgetOld([.. Services.Select(s => s.Key)], context.Clock.GetUtcNow());
        }

        foreach (var service in Services)
        {
            var hasCurrent = service.Units.Any(u => u.Record.Current);
            foreach (var unit in service.Units)
                unit.StartAtBoot(unit.Record.Current || !hasCurrent);
        }
    }

    public GuardStatus Status(string? service, string? environment)
    {
        var chosen = Services.Where(s => (service is null || s.Key.Service == service) && (environment is null || s.Key.Environment == environment));
        return new GuardStatus([.. chosen.SelectMany(s => s.Units).Select(u => u.Status())]);
    }

    public UnitStatus? Status(UnitKey key) => services.GetValueOrDefault(key.Service)?.Find(key.Release)?.Status();

    /// <summary>Refuses what <see cref="ApplyAsync"/> would refuse of the unit itself, its ports aside; changes nothing.</summary>
    public void Check(Unit unit)
    {
        UnitAdmission.Check(unit, context.Cgroups);
        CheckOrder(unit);
    }

    public async Task ApplyAsync(Unit unit, CancellationToken ct, bool fromFile = false)
    {
        UnitAdmission.Check(unit, context.Cgroups);
        await LockedAsync(Service(UnitKey.Of(unit).Service), service => TakeAsync(service, unit, fromFile), ct);
    }

    public Task SwitchAsync(ServiceKey key, string release, CancellationToken ct) =>
        LockedAsync(Existing(key), service => service.Switch(Existing(service, release)), ct);

    public Task StartAsync(ServiceKey key, CancellationToken ct) =>
        LockedAsync(Existing(key), service => ForEach(service.Current(), service.Start), ct);

    public Task RestartAsync(ServiceKey key, CancellationToken ct) =>
        LockedAsync(Existing(key), service => ForEach(service.Current(), service.Restart), ct);

    /// <summary>Begins to give a release other values of its file; returns when they are written down.</summary>
    /// <exception cref="GuardException">There is no such release, it can't take values while it runs, or these can't be.</exception>
    public Task RefreshAsync(ServiceKey key, string release, RevisedValues values, CancellationToken ct) => LockedAsync(
        Existing(key),
        service =>
        {
            var unit = Existing(service, release);
            if (unit.Unit.Config is not { Refreshable: true } config)
                throw new GuardException("bad-request", $"release {release} was declared without config.refreshable: its values come with its next release");
            UnitAdmission.Check(unit.Unit with { Config = config with { Values = values.Values } }, context.Cgroups);
            unit.Refresh(values);
        },
        ct);

    public Task StopAsync(ServiceKey key, CancellationToken ct) =>
        LockedAsync(Existing(key), service => Task.WhenAll(service.Current().Select(u => service.StopAsync(u, ct))), ct);

    /// <summary>Unknown: nothing to do.</summary>
    public async Task RemoveAsync(ServiceKey key, string release, CancellationToken ct)
    {
        if (!services.TryGetValue(key, out var service))
            return;
        await LockedAsync(service, s => s.Find(release) is { } unit ? s.RemoveAsync(unit, ct) : Task.CompletedTask, ct);
    }

    public ServiceRuntime Existing(ServiceKey key) =>
        services.TryGetValue(key, out var service) && service.Units.Any()
            ? service : throw new GuardException("not-found", $"there is no service {key} here");

    /// <summary>Stops everything, each service after all that depend on it, to be started again by the next guard.</summary>
    public async Task ShutDownAsync()
    {
        var all = Services.ToList();
        await Task.WhenAll(all.GroupBy(s => s.Key.Environment, StringComparer.Ordinal).Select(StopInOrderAsync));
        await Task.WhenAll(all.SelectMany(s => s.Units).Select(u => u.DisposeAsync().AsTask()));
        foreach (var service in all)
            service.Dispose();
        await context.Dossiers.WhenWrittenAsync();
        context.Cgroups.Remove();
    }

    private static async Task StopInOrderAsync(IEnumerable<ServiceRuntime> environment)
    {
        var services = environment.ToDictionary(s => s.Key.Service, StringComparer.Ordinal);
        var graph = new DependencyGraph(services.Values.SelectMany(s => s.Units).Select(u => u.Unit));
        var stopped = new Dictionary<string, Task>(StringComparer.Ordinal);
        foreach (var name in graph.DependentsFirst())
            stopped[name] = StopAfterAsync(services[name], [.. graph.DependentsOf(name).Select(d => stopped.GetValueOrDefault(d, Task.CompletedTask))]);
        await Task.WhenAll(stopped.Values);
    }

    private static async Task StopAfterAsync(ServiceRuntime service, IReadOnlyList<Task> dependents)
    {
        await Task.WhenAll(dependents);
        await Task.WhenAll(service.Units.Select(u => u.StopAsync(StopReason.Shutdown, CancellationToken.None)));
    }

    private async Task TakeAsync(ServiceRuntime service, Unit unit, bool fromFile)
    {
        if (service.Find(unit.Release) is { } known)
        {
            if (!Same(known.Unit, unit))
                throw new GuardException("conflict", $"release {unit.Release} is known with other content; a release never changes");
            if (!known.Record.Stopped)
                known.StartResting();
            else
                service.Start(known);
            return;
        }

        CheckOwnPorts(service, unit);
        CheckOrder(unit);
        var record = new UnitRecord { Unit = unit, FromFile = fromFile, OwnUid = context.IsRoot && unit.User is null ? OwnUid(unit.Service) : null };
        _ = ServiceUser.For(record, context);
        var added = service.Add(record);
        try
        {
            added.Change(r => r);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not known after a restart, so not now either.
            await service.RemoveAsync(added, CancellationToken.None);
            throw;
        }

        service.StartNew(added);
    }

    private void CheckOrder(Unit unit)
    {
        var units = Services.SelectMany(s => s.Units).Select(u => u.Unit).Where(u => u.Environment == unit.Environment && u.Service != unit.Service);
        if (new DependencyGraph(units.Append(unit)).Cycle() is { } cycle)
            throw new GuardException("bad-request", $"dependsOn: {cycle} is a circle, in which nobody could start first");
    }

    // With socket: none an instance binds the declared port itself, so it has to be free now.
    private void CheckOwnPorts(ServiceRuntime service, Unit unit)
    {
        foreach (var port in unit.Ports)
        {
            var other = Services.Where(s => s != service).SelectMany(s => s.Units).FirstOrDefault(u => u.Unit.Ports.Any(p => p.Port == port.Port));
            if (other is not null)
                throw new GuardException("port-taken", $"port {port.Port} ({port.Name}) is taken by service {UnitKey.Of(other.Unit).Service} of this guard");
            if (unit.Socket == SocketMode.None && !PortProbe.IsFree(unit.Expose == Exposure.Loopback ? IPAddress.Loopback : IPAddress.Any, port.Port))
                throw new GuardException("port-taken", $"port {port.Port} ({port.Name}) is taken by {PortOwner.Find(port.Port) ?? "a process that can't be seen"}");
        }
    }

    private uint OwnUid(string service)
    {
        lock (uidGate)
        {
            var records = Services.SelectMany(s => s.Units).Select(u => u.Record).Where(r => r.OwnUid is not null).ToList();
            return records.FirstOrDefault(r => r.Unit.Service == service)?.OwnUid
                ?? ServiceUser.Dynamic(service, records.Select(r => r.OwnUid!.Value).ToHashSet());
        }
    }

    private static bool Same(Unit a, Unit b) =>
        JsonSerializer.Serialize(a, UnitJson.Default.Unit) == JsonSerializer.Serialize(b, UnitJson.Default.Unit);

    private ServiceRuntime Service(ServiceKey key) => services.GetOrAdd(key, k => new ServiceRuntime(context, k));

    private static UnitRuntime Existing(ServiceRuntime service, string release) =>
        service.Find(release) ?? throw new GuardException("not-found", $"there is no release {release} of {service.Key} here");

    private static void ForEach(IEnumerable<UnitRuntime> units, Action<UnitRuntime> action)
    {
        foreach (var unit in units)
            action(unit);
    }

    private static Task LockedAsync(ServiceRuntime service, Action<ServiceRuntime> change, CancellationToken ct) =>
        LockedAsync(service, s => { change(s); return Task.CompletedTask; }, ct);

    private static async Task LockedAsync(ServiceRuntime service, Func<ServiceRuntime, Task> change, CancellationToken ct)
    {
        await service.Gate.WaitAsync(ct);
        try
        {
            await change(service);
        }
        finally
        {
            service.Gate.Release();
        }
    }
}
