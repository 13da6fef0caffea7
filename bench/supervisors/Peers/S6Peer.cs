using MyApp.Bench.Supervisors.Measuring;

namespace MyApp.Bench.Supervisors.Peers;

internal sealed class S6Peer(string folder) : ForegroundPeer(folder)
{
    public override string Name => "s6";

    // -c: how many services it takes; its default is 1000.
    protected override IReadOnlyList<string> CommandLine => ["s6-svscan", "-c", "2000", "-t", "0", Services];

    private string Services => Path.Combine(Folder, "s6");

    public override string? Missing() => Command.Find("s6-svscan") is null ? "s6-svscan is not installed (Debian: s6)" : null;

    public override Task<string> VersionAsync(CancellationToken ct) => Versions.DebianAsync("s6", ct);

    public override Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        foreach (var service in services)
            Place($"s6/{service.Name}/run", RunScript(service), executable: true);
        return Task.CompletedTask;
    }

    public override Task UpAsync(Workload service, CancellationToken ct) => ControlAsync("-u", service, ct);

    public override Task DownAsync(Workload service, CancellationToken ct) => ControlAsync("-d", service, ct);

    public override Task RestartAsync(Workload service, CancellationToken ct) => ControlAsync("-r", service, ct);

    private Task ControlAsync(string verb, Workload service, CancellationToken ct) =>
        Command.RunAsync(["s6-svc", verb, Path.Combine(Services, service.Name)], ct);
}
