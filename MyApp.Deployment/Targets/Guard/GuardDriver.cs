using MyApp.Deployment.Builds;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Control;
using MyApp.Supervision.Ports;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Targets.Guard;

/// <summary>Drives this machine's guard. Every call throws <see cref="GuardException"/> when the guard refuses or is away.</summary>
public sealed class GuardDriver(DataPaths paths, GuardClient guard, UnitSecrets? secrets = null) : IDriver
{
    // An older guard refuses the same at apply.
    private const int ProtocolWithCheck = 2;
    private const int ProtocolWithConfig = 3;
    private const int ProtocolWithRefresh = 4;

    private readonly ReleaseFolder folder = new(paths, new ArtifactStore(paths.Artifacts));

    /// <param name="secrets">Opens what units refer to; null: none of them refers to a secret.</param>
    public GuardDriver(DataPaths paths, UnitSecrets? secrets = null)
        : this(paths, new GuardClient(paths.Guard.SocketPath), secrets)
    {
    }

    public async Task<IReadOnlyList<Diagnostic>> CheckAsync(Release release, CancellationToken ct)
    {
        var status = await guard.StatusAsync(service: null, environment: null, ct);
        return [.. await RefusedAsync(release.Unit, ct), .. Ports(release, status.Units)];
    }

    public async Task PlaceAsync(Release release, CancellationToken ct)
    {
        await folder.PlaceAsync(release, ct);
        var status = await guard.StatusAsync(release.Service, release.Environment, ct);
        folder.RemoveOld(release.Service, release.Environment, status.Units.Select(unit => unit.Release).Append(release.Id).ToHashSet(StringComparer.Ordinal));
    }

    // The one place where values take the place of references; the guard keeps the unit in a file for its owner alone.
    public async Task StartAsync(Release release, CancellationToken ct) =>
        await guard.ApplyAsync(secrets is null ? release.Unit : await secrets.OpenAsync(release.Unit, ct), ct);

    public async Task<UnitStatus?> ReadAsync(string service, string environment, string release, CancellationToken ct)
    {
        var status = await guard.StatusAsync(service, environment, ct);
        return status.Units.FirstOrDefault(unit => unit.Service == service && unit.Environment == environment && unit.Release == release);
    }

    public async Task RefreshAsync(Release release, string revision, CancellationToken ct)
    {
        var unit = secrets is null ? release.Unit : await secrets.OpenAsync(release.Unit, ct);
        await guard.RefreshAsync(release.Service, release.Environment, release.Id, unit.Config!.Values, revision, ct);
    }

    public async Task SwitchAsync(Release release, CancellationToken ct)
    {
        await guard.SwitchAsync(release.Service, release.Environment, release.Id, ct);
        folder.SetCurrent(release);
    }

    public async Task RemoveAsync(string service, string environment, string release, CancellationToken ct)
    {
        try
        {
            await guard.RemoveAsync(service, environment, release, ct);
        }
        catch (GuardException e) when (e.Code == "not-found")
        {
            // Forgotten already: what was asked for.
            return;
        }
    }

    // What the machine can't enforce, only its guard knows.
    private async Task<IReadOnlyList<Diagnostic>> RefusedAsync(Unit unit, CancellationToken ct)
    {
        var protocol = (await guard.HelloAsync(ct)).Protocol;
        // It would pass over what it does not know, and the program would find no file.
        if (unit.Config is not null && protocol < ProtocolWithConfig)
            return [new(Severity.Error, "guard.config", "the guard that runs is an older one, which makes no files of values", $"myapp-guard upgrade --data {paths.DataFolder}, or config: {{ deliver: env }}")];
        if (unit.Config is { Refreshable: true } && protocol < ProtocolWithRefresh)
            return [new(Severity.Error, "guard.config", "the guard that runs is an older one, which gives running programs no values", $"myapp-guard upgrade --data {paths.DataFolder}, or config: {{ onChange: restart }}")];
        if (protocol < ProtocolWithCheck)
            return [];
        try
        {
            await guard.CheckAsync(unit, ct);
            return [];
        }
        catch (GuardException e) when (e.Code is "bad-request" or "unsupported")
        {
            return [new(Severity.Error, $"guard.{e.Code}", e.Message, "change the spec and ship again")];
        }
    }

    private static IEnumerable<Diagnostic> Ports(Release release, IReadOnlyList<UnitStatus> units)
    {
        foreach (var port in release.Unit.Ports)
        {
            if (units.FirstOrDefault(unit => !IsSameService(unit, release) && PortOf(unit) == port.Port) is { } other)
                yield return Taken(port, $"the service {other.Service} in {other.Environment}");
            else if (!units.Any(unit => IsSameService(unit, release) && PortOf(unit) == port.Port) && PortOwner.Find(port.Port) is { } owner)
                yield return Taken(port, owner);
        }

        if (release.Unit.Socket == SocketMode.None && release.Unit.Ports.Count > 0 && units.Any(unit => IsSameService(unit, release) && unit.Release != release.Id && Runs(unit)))
            yield return new(Severity.Error, "guard.socket.none", "another release of this service holds the port, and with socket: none two can't run side by side", $"myapp stop {release.Service}, or socket: forward");
    }

    private static Diagnostic Taken(UnitPort port, string owner) =>
        new(Severity.Error, "host.port-taken", $"port {port.Port} ({port.Name}) is taken by {owner}", "stop it, or choose another port");

    private static bool IsSameService(UnitStatus unit, Release release) => unit.Service == release.Service && unit.Environment == release.Environment;

    private static bool Runs(UnitStatus unit) => unit.Instances.Any(instance => instance.Pid is not null);

    private static int? PortOf(UnitStatus unit) => Uri.TryCreate(unit.Url, UriKind.Absolute, out var url) ? url.Port : null;
}
