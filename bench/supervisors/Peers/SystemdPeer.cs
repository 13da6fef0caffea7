using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Peers;

/// <summary>
/// systemd as the first process of a host of its own: systemd-nspawn on an overlay of this machine's root file system, with its network.
/// </summary>
/// <param name="restartSec">RestartSec; null: systemd's own default.</param>
internal sealed class SystemdPeer(string folder, int? restartSec) : Peer(folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShutDown = TimeSpan.FromSeconds(10);
    private Process? host;
    private ProcessIdentity? init;

    public override string Name => restartSec is { } seconds ? $"systemd, RestartSec={seconds}" : "systemd";

    public override bool HasDependencies => true;

    private string Machine => Path.Combine(Folder, "host");

    private string Root => Path.Combine(Machine, "root");

    private string Units => Path.Combine(Machine, "upper", "etc", "systemd", "system");

    public override string? Missing() =>
        Libc.geteuid() != 0 ? "needs root" : Command.Find("systemd-nspawn") is null ? "systemd-nspawn is not installed (Debian: systemd-container)" : null;

    public override async Task<string> VersionAsync(CancellationToken ct) => (await Command.RunAsync(["systemctl", "--version"], ct)).Split('\n')[0];

    public override async Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        foreach (var folder in new[] { "upper", "work", "root" })
            Directory.CreateDirectory(Path.Combine(Machine, folder));
        // The services are started by bench.target, which is started only once the host is up.
        foreach (var service in services)
        {
            Place($"host/upper/etc/systemd/system/{service.Name}.service", UnitFile(service));
            if (service.Socket == SocketMode.Inherit)
                Place($"host/upper/etc/systemd/system/{service.Name}.socket", $"[Socket]\nListenStream=127.0.0.1:{service.Port}\n");
        }

        var wants = services.Select(s => s.Socket == SocketMode.Inherit ? $"{s.Name}.socket {s.Name}.service" : $"{s.Name}.service");
        Place("host/upper/etc/systemd/system/bench.target", $"[Unit]\n{string.Concat(wants.Select(w => $"Wants={w}\n"))}");
        await Command.RunAsync(["mount", "-t", "overlay", "overlay", "-o", $"lowerdir=/,upperdir={Machine}/upper,workdir={Machine}/work", Root], ct);
        await BootAsync(ct);
    }

    public override Task StartAsync(CancellationToken ct) => ControlAsync(ct, "start", "--no-block", "bench.target");

    public override async Task UpAsync(Workload service, CancellationToken ct)
    {
        await ControlAsync(ct, "reset-failed", service.Name);
        await ControlAsync(ct, "start", service.Name);
    }

    public override Task DownAsync(Workload service, CancellationToken ct) => ControlAsync(ct, "stop", service.Name);

    public override Task RestartAsync(Workload service, CancellationToken ct) => ControlAsync(ct, "restart", service.Name);

    /// <summary>The manager and the journal, which takes the services' output.</summary>
    public override IReadOnlyList<int> Processes() =>
        [.. TreeWithoutServices(init!.Pid).Where(p => p == init.Pid || ProcFs.Name(p).StartsWith("systemd-journal", StringComparison.Ordinal))];

    public override async Task StopAsync(CancellationToken ct)
    {
        if (host is null)
            return;
        if (ProcFs.Identify(host.Id) is { } nspawn)
            ProcFs.Signal(nspawn, Libc.SIGTERM);
        await Task.WhenAny(host.WaitForExitAsync(ct), Until.PassAsync(ShutDown, ct));
        if (init is not null)
            ProcFs.Signal(init, Libc.SIGKILL);
        await host.WaitForExitAsync(ct);
        host.Dispose();
        host = null;
        await Command.RunAsync(["umount", Root], ct);
    }

    private async Task BootAsync(CancellationToken ct)
    {
        host = Command.Start(
            ["systemd-nspawn", "-q", "-D", Root, "--register=no", "--keep-unit", $"--machine=bench-{Environment.ProcessId}", $"--bind={Folder}", "--console=passive", "-b", "systemd.unit=basic.target"]);
        await Until.TrueAsync(() => (init = Init()) is not null, "the host has a first process", Patience, ct);
        await Until.TrueAsync(() => IsUp(ct), "the host is up", Patience, ct);
    }

    private ProcessIdentity? Init() => ProcFs.Tree(host!.Id).Where(p => p != host.Id && ProcFs.Name(p) == "systemd").Select(ProcFs.Identify).FirstOrDefault();

    private bool IsUp(CancellationToken ct)
    {
        try
        {
            ControlAsync(ct, "is-active", "basic.target").GetAwaiter().GetResult();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private Task ControlAsync(CancellationToken ct, params string[] arguments) =>
        Command.RunAsync(["nsenter", "-t", $"{init!.Pid}", "-m", "-u", "-i", "-p", "-C", "systemctl", .. arguments], ct);

    private string UnitFile(Workload service) => $"""
        [Unit]
        StartLimitIntervalSec=0
        {string.Join('\n', service.After.Select(a => $"After={a}.service"))}
        [Service]
        ExecStart={service.CommandLine}
        Type={(service.Notifies ? "notify" : "simple")}
        {string.Join('\n', service.Variables.Select(v => $"Environment={v.Key}={v.Value}"))}
        Restart={(service.Once ? "no" : "always")}
        {(restartSec is { } seconds ? $"RestartSec={seconds}" : "")}

        """;
}
