using MyApp.Bench.Supervisors.Measuring;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>Our own, driven over its control socket.</summary>
/// <param name="binary">The native build of myapp-guard.</param>
internal sealed class GuardPeer(string folder, string binary) : ForegroundPeer(folder)
{
    private const string Bench = "bench";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly GuardPaths paths = new(Path.Combine(folder, "guard"));
    private readonly GuardClient client = new(new GuardPaths(Path.Combine(folder, "guard")).SocketPath);

    public override string Name => "myapp-guard";

    public override bool HasDependencies => true;

    /// <summary>What a service wrote to standard output.</summary>
    public string LogFolder(Workload service) => Path.Combine(paths.LogsFolder, Bench, service.Name);

    protected override IReadOnlyList<string> CommandLine => [binary, "serve", "--data", paths.DataFolder];

    public override string? Missing() => File.Exists(binary) ? null : $"{binary} has not been built";

    public override async Task<string> VersionAsync(CancellationToken ct)
    {
        await base.StartAsync(ct);
        await AnswersAsync(ct);
        var hello = await client.HelloAsync(ct);
        await StopAsync(ct);
        return hello.Version;
    }

    /// <summary>The guard keeps its units in its own form, so it is the guard that is told of them; they are started with it again.</summary>
    public override async Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        Directory.CreateDirectory(paths.DataFolder);
        await base.StartAsync(ct);
        await AnswersAsync(ct);
        foreach (var service in services)
            await client.ApplyAsync(UnitOf(service), ct);
        foreach (var service in services.Where(s => s.Port is not null))
            await client.SwitchAsync(service.Name, Bench, ReleaseOf(service), ct);
        await StopAsync(ct);
    }

    public override Task UpAsync(Workload service, CancellationToken ct) => client.StartAsync(service.Name, Bench, ct);

    public override Task DownAsync(Workload service, CancellationToken ct) => client.StopAsync(service.Name, Bench, ct);

    public override Task RestartAsync(Workload service, CancellationToken ct) => client.RestartAsync(service.Name, Bench, ct);

    /// <summary>Starts one more service with a guard that runs.</summary>
    public async Task AddAsync(Workload service, CancellationToken ct)
    {
        await AnswersAsync(ct);
        await client.ApplyAsync(UnitOf(service), ct);
    }

    private static Unit UnitOf(Workload service) => new()
    {
        Service = service.Name,
        Environment = Bench,
        Release = ReleaseOf(service),
        Executable = service.Program,
        Args = service.Args,
        WorkingDirectory = "/",
        // Peers run their services as the user they run as; a port the guard gives out itself is ${port}.
        Env = new SortedDictionary<string, string>(
            service.Variables.ToDictionary(v => v.Key, v => v.Key == "PORT" ? "${port}" : v.Value), StringComparer.Ordinal),
        User = Libc.geteuid() == 0 ? "root" : null,
        Restart = new RestartRule { Policy = service.Once ? RestartPolicy.Never : RestartPolicy.Always },
        Startup = service.Notifies ? new Probe { Notify = true } : Probed(service, TimeSpan.FromSeconds(1)),
        Readiness = Probed(service, TimeSpan.FromSeconds(5)),
        Ports = service.Port is { } port ? [new UnitPort("http", port)] : [],
        Socket = service.Socket,
        Stop = new StopRule { Grace = TimeSpan.FromSeconds(10), Drain = TimeSpan.FromSeconds(1) },
        Logs = new LogRule { KeepFiles = 40, Format = service.RawLogs ? LogFormat.Raw : LogFormat.Lines },
        DependsOn = [.. service.After.Select(a => new UnitDependency { Name = a, Service = a })],
    };

    // As a spec's defaults are: with a socket of the guard's own, somebody has to say when there is a server behind it.
    private static Probe? Probed(Workload service, TimeSpan period) =>
        service.Socket == SocketMode.Forward ? new Probe { HttpPath = "/health/live", Period = period } : null;

    private static string ReleaseOf(Workload service) => $"{service.Name}-{Bench}-1";

    private Task AnswersAsync(CancellationToken ct) => Until.TrueAsync(() => File.Exists(paths.SocketPath) && Answers(ct), "the guard answers", Patience, ct);

    private bool Answers(CancellationToken ct)
    {
        try
        {
            return client.HelloAsync(ct).GetAwaiter().GetResult().Pid > 0;
        }
        catch (GuardException)
        {
            return false;
        }
    }
}
