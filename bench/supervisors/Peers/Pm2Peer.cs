using System.Globalization;
using System.Text.Json;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Supervision.Processes;

namespace MyApp.Bench.Supervisors.Peers;

/// <param name="program">The pm2 that <c>bench/prerequisites</c> has put beside the repository's other artifacts.</param>
internal sealed class Pm2Peer(string folder, string program) : Peer(folder)
{
    public override string Name => "PM2";

    private Dictionary<string, string> Home => new() { ["PM2_HOME"] = Path.Combine(Folder, "pm2"), ["PM2_DISCRETE_MODE"] = "true" };

    private string Ecosystem => Path.Combine(Folder, "ecosystem.json");

    private int DaemonPid => int.Parse(File.ReadAllText(Path.Combine(Folder, "pm2", "pm2.pid")), CultureInfo.InvariantCulture);

    public override string? Missing() =>
        Command.Find("node") is null ? "node is not installed (Debian: nodejs)" : File.Exists(program) ? null : "pm2 is not installed (npm: pm2@7.0.4)";

    public override async Task<string> VersionAsync(CancellationToken ct) => (await ControlAsync(ct, "--version")).Trim().Split('\n')[^1];

    public override Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        var apps = services.Select(s => new
        {
            name = s.Name, script = s.Program, args = s.Args, interpreter = "none", cwd = Folder, autorestart = !s.Once,
            max_restarts = 1000, env = s.Variables.ToDictionary(v => v.Key, v => v.Value),
        });
        Place("ecosystem.json", JsonSerializer.Serialize(new { apps }));
        return Task.CompletedTask;
    }

    public override Task StartAsync(CancellationToken ct) => ControlAsync(ct, "start", Ecosystem);

    public override Task UpAsync(Workload service, CancellationToken ct) => ControlAsync(ct, "start", Ecosystem, "--only", service.Name);

    public override Task DownAsync(Workload service, CancellationToken ct) => ControlAsync(ct, "delete", service.Name);

    public override Task RestartAsync(Workload service, CancellationToken ct) => ControlAsync(ct, "restart", service.Name);

    public override IReadOnlyList<int> Processes() => TreeWithoutServices(DaemonPid);

    public override async Task StopAsync(CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(Folder, "pm2", "pm2.pid")))
            return;
        var all = ProcFs.Tree(DaemonPid).Select(ProcFs.Identify).OfType<ProcessIdentity>().ToList();
        await ControlAsync(ct, "kill");
        foreach (var left in all)
            ProcFs.Signal(left, Libc.SIGKILL);
    }

    // The daemon inherits what its first client had open: with pipes, its end would never be seen.
    private async Task<string> ControlAsync(CancellationToken ct, params string[] arguments)
    {
        var output = Path.Combine(Folder, "pm2.out");
        string[] command = ["/bin/sh", "-c", "out=$1; shift; exec \"$@\" </dev/null >\"$out\" 2>&1", "sh", output, program, .. arguments];
        try
        {
            await Command.RunAsync(command, ct, Home);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{e.Message}{await File.ReadAllTextAsync(output, ct)}", e);
        }

        return await File.ReadAllTextAsync(output, ct);
    }
}
