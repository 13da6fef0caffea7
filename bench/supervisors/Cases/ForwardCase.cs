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

    private int Rounds => Bench.Rounds(1, 3);

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
        var ports = Ports.Free(2);
        var (server, front) = (ports[0], ports[1]);
        var pid = Spawned.Start(Path.Combine(Bench.Programs, "web"), $"PORT={server}");
        try
        {
            rows.Add(await RowAsync("direct", server, ct) with { IsFloor = true });
            rows.Add(await ProxyAsync("haproxy, tcp", "haproxy", ["-db", "-f", "FILE"], Haproxy(server, front), front, ct));
            rows.Add(await ProxyAsync("nginx, stream", "nginx", ["-e", "/dev/null", "-c", "FILE"], Nginx(server, front), front, ct));
        }
        finally
        {
            Spawned.End(pid);
        }

        rows.Add((await RowAsync(f => new GuardPeer(f, Bench.Guard), (peer, folder) => GuardAsync(peer, folder, ct), ct))!);
    }

    private async Task<Row?> GuardAsync(Peer peer, string folder, CancellationToken ct)
    {
        var service = new Workload("web", Bench.Program(folder, "web", "web")) { Port = Ports.Free(1)[0], Socket = SocketMode.Forward };
        await peer.ConfigureAsync([service], ct);
        await peer.StartAsync(ct);
        return await RowAsync($"{peer.Name}, forward", service.Port!.Value, ct);
    }

    private async Task<Row> ProxyAsync(string name, string program, string[] arguments, string settings, int port, CancellationToken ct)
    {
        if (Command.Find(program) is not { } path)
            return Row.Skipped(name, $"{program} is not installed");
        var folder = Workbench.NewFolder();
        var file = Path.Combine(folder, "settings");
        await using (var text = new StreamWriter(file))
            await text.WriteAsync(settings.Replace("FOLDER", folder, StringComparison.Ordinal));
        using var proxy = Command.Start(["setsid", path, .. arguments.Select(a => a == "FILE" ? file : a)]);
        try
        {
            return await RowAsync(name, port, ct);
        }
        catch (TimeoutException e)
        {
            return Row.Skipped(name, e.Message);
        }
        finally
        {
            foreach (var pid in ProcFs.Tree(proxy.Id).Select(ProcFs.Identify))
                ProcFs.Signal(pid!, Libc.SIGTERM);
            await proxy.WaitForExitAsync(ct);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Row> RowAsync(string subject, int port, CancellationToken ct)
    {
        Client.UntilAnswered(port, Stopwatch.GetTimestamp(), Patience);
        var samples = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            // Requests/sec:  44123.45
            var output = await Command.RunAsync(["wrk", "-t", "2", "-c", "16", "-d", $"{Seconds}s", $"http://127.0.0.1:{port}/"], ct);
            var line = output.Split('\n').Single(l => l.StartsWith("Requests/sec:", StringComparison.Ordinal));
            samples.Add(double.Parse(line.AsSpan(13), CultureInfo.InvariantCulture) / 1000);
        }

        var row = new Row(subject, new Dictionary<string, double> { ["k/s"] = samples.Order().ElementAt(samples.Count / 2) });
        Bench.Tell($"  {subject}: {row.Figures["k/s"]:0.0} k/s");
        return row;
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
}
