using MyApp.Bench.Supervisors.Measuring;

namespace MyApp.Bench.Supervisors.Peers;

internal sealed class RunitPeer(string folder) : ForegroundPeer(folder)
{
    public override string Name => "runit";

    protected override IReadOnlyList<string> CommandLine => ["runsvdir", "-P", Services];

    private string Services => Path.Combine(Folder, "runit");

    public override string? Missing() => Command.Find("runsvdir") is null ? "runsvdir is not installed (Debian: runit)" : null;

    public override Task<string> VersionAsync(CancellationToken ct) => Versions.DebianAsync("runit", ct);

    public override Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        foreach (var service in services)
            Place($"runit/{service.Name}/run", RunScript(service), executable: true);
        return Task.CompletedTask;
    }

    public override Task UpAsync(Workload service, CancellationToken ct) => ControlAsync("up", service, ct);

    public override Task DownAsync(Workload service, CancellationToken ct) => ControlAsync("down", service, ct);

    public override Task RestartAsync(Workload service, CancellationToken ct) => ControlAsync("term", service, ct);

    // SIGHUP is what makes runsvdir end its runsv processes.
    protected override Task EndAsync(CancellationToken ct)
    {
        if (ProcFs.Identify(Pid) is { } supervisor)
            ProcFs.Signal(supervisor, 1);
        return Task.CompletedTask;
    }

    private Task ControlAsync(string verb, Workload service, CancellationToken ct) =>
        Command.RunAsync(["sv", verb, Path.Combine(Services, service.Name)], ct);
}
