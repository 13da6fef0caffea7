using System.Text;
using MyApp.Bench.Supervisors.Measuring;

namespace MyApp.Bench.Supervisors.Peers;

internal sealed class SupervisordPeer(string folder) : ForegroundPeer(folder)
{
    public override string Name => "supervisord";

    protected override IReadOnlyList<string> CommandLine => ["supervisord", "-n", "-c", Settings];

    private string Settings => Path.Combine(Folder, "supervisord.conf");

    public override string? Missing() => Command.Find("supervisord") is null ? "supervisord is not installed (Debian: supervisor)" : null;

    public override Task<string> VersionAsync(CancellationToken ct) => Versions.DebianAsync("supervisor", ct);

    public override Task ConfigureAsync(IReadOnlyList<Workload> services, CancellationToken ct)
    {
        var text = new StringBuilder($"""
            [supervisord]
            logfile={Folder}/supervisord.log
            pidfile={Folder}/supervisord.pid
            childlogdir={Folder}
            minfds=8192
            {(Libc.geteuid() == 0 ? "user=root" : "")}
            [unix_http_server]
            file={Folder}/supervisord.sock
            [supervisorctl]
            serverurl=unix://{Folder}/supervisord.sock
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

            """);
        foreach (var service in services)
            text.Append(Section(service));
        Place("supervisord.conf", text.ToString());
        return Task.CompletedTask;
    }

    public override Task UpAsync(Workload service, CancellationToken ct) => ControlAsync("start", service, ct);

    public override Task DownAsync(Workload service, CancellationToken ct) => ControlAsync("stop", service, ct);

    public override Task RestartAsync(Workload service, CancellationToken ct) => ControlAsync("restart", service, ct);

    private string Section(Workload service) => $"""
        [program:{service.Name}]
        command={service.CommandLine}
        environment={string.Join(',', service.Variables.Select(v => $"{v.Key}=\"{v.Value}\""))}
        autorestart={(service.Once ? "false" : "true")}
        {(service.Once ? "startsecs=0" : "startretries=1000")}
        redirect_stderr=true
        stdout_logfile={Folder}/supervisord-{service.Name}.log
        stdout_logfile_maxbytes=100MB
        stdout_logfile_backups=20

        """;

    private Task ControlAsync(string verb, Workload service, CancellationToken ct) =>
        Command.RunAsync(["supervisorctl", "-c", Settings, verb, service.Name], ct);
}
