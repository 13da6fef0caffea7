using System.Diagnostics;
using System.Globalization;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;
using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>Requests a second over 16 kept connections, directly and through each forwarder; the same server behind all of them.</summary>
internal sealed class ForwardCase(Workbench bench) : Case(bench)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Key => "forward";

    private int Rounds => Bench.Rounds(1, 5);

    private int Seconds => Bench.Rounds(3, 10);

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var rows = new List<Row>();
        if (Command.Find("wrk") is null)
            rows.Add(Row.Skipped("every forwarder", "wrk is not installed (Debian: wrk)"));
        else
            await AllAsync(rows, ct);
        return [new Section("forward", "requests a second, wrk with 16 connections", "k/s", false, rows)];
    }

    private async Task AllAsync(List<Row> rows, CancellationToken ct)
    {
        var ports = Ports.Free(3);
        var (server, haproxy, nginx) = (ports[0], ports[1], ports[2]);
        var pid = Spawned.Start(Path.Combine(Bench.Programs, "web"), $"PORT={server}");
        var proxies = new List<StandingProxy>();
        try
        {
            var contenders = new List<Contender> { new("direct", server) };
            Add(rows, contenders, proxies, "haproxy, tcp", haproxy, "haproxy", ["-db", "-f", "FILE"], Haproxy(server, haproxy));
            Add(rows, contenders, proxies, "nginx, stream", nginx, "nginx", ["-e", "/dev/null", "-c", "FILE"], Nginx(server, nginx));
            if (await RowAsync(f => new GuardPeer(f, Bench.Guard), (peer, folder) => MeasureAsync(peer, folder, contenders, ct), ct) is { } skipped)
                rows.Add(skipped);
            rows.AddRange(contenders.Where(contender => contender.Samples.Count > 0).Select(contender => contender.ToRow()));
        }
        finally
        {
            foreach (var proxy in proxies)
                await proxy.DisposeAsync();
            Spawned.End(pid);
        }
    }

    private static void Add(List<Row> rows, List<Contender> contenders, List<StandingProxy> proxies, string name, int port, string program, string[] arguments, string settings)
    {
        if (Command.Find(program) is not { } path)
        {
            rows.Add(Row.Skipped(name, $"{program} is not installed"));
            return;
        }

        proxies.Add(StandingProxy.Start(path, arguments, settings));
        contenders.Add(new(name, port));
    }

    // In turns: a machine that gets slower in the meantime gets slower for all.
    private async Task<Row?> MeasureAsync(Peer peer, string folder, List<Contender> contenders, CancellationToken ct)
    {
        var service = new Workload("web", Bench.Program(folder, "web", "web")) { Port = Ports.Free(1)[0], Socket = SocketMode.Forward };
        await peer.ConfigureAsync([service], ct);
        await peer.StartAsync(ct);
        contenders.Add(new($"{peer.Name}, forward", service.Port!.Value));
        foreach (var contender in contenders)
            Client.UntilAnswered(contender.Port, Stopwatch.GetTimestamp(), Patience);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                contender.Samples.Add(await AskAsync(contender.Port, ct));
                Bench.Tell($"  {contender.Name}: {contender.Samples[^1]:0.0} k/s");
            }
        }

        return null;
    }

    private async Task<double> AskAsync(int port, CancellationToken ct)
    {
        // Requests/sec:  44123.45
        var output = await Command.RunAsync(["wrk", "-t", "2", "-c", "16", "-d", $"{Seconds}s", $"http://127.0.0.1:{port}/"], ct);
        var line = output.Split('\n').Single(l => l.StartsWith("Requests/sec:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(13), CultureInfo.InvariantCulture) / 1000;
    }

    private static string Haproxy(int server, int front) => $"""
        defaults
          mode tcp
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        listen web
          bind 127.0.0.1:{front}
          server web 127.0.0.1:{server}

        """;

    private static string Nginx(int server, int front) => $$"""
        daemon off;
        worker_processes auto;
        pid FOLDER/nginx.pid;
        include /etc/nginx/modules-enabled/*-mod-stream.conf;
        events { worker_connections 1024; }
        stream {
          server { listen 127.0.0.1:{{front}}; proxy_pass 127.0.0.1:{{server}}; }
        }

        """;

    private sealed record Contender(string Name, int Port)
    {
        public List<double> Samples { get; } = [];

        public Row ToRow() => new(Name, new Dictionary<string, double> { ["k/s"] = Samples.Order().ElementAt(Samples.Count / 2) }) { IsFloor = Name == "direct" };
    }
}
