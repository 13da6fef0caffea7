using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;
using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>SIGKILL to the server → the first request its successor answers. Each kill is the first failure since the service was started.</summary>
internal sealed class RecoveryCase(Workbench bench) : Case(bench)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10.5);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private double webFloor;

    public override string Key => "recovery";

    private int LongRounds => Bench.Rounds(4, 40);

    private int ShortRounds => Bench.Rounds(4, 40);

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var floor = await FloorAsync("orders", ct);
        webFloor = (await FloorAsync("web", ct)).Figures["p50 ms"];
        var (longer, shorter) = (new List<Row> { floor }, new List<Row> { floor });
        foreach (var make in Bench.Peers)
            await PeerAsync(make, SocketMode.None, longer, shorter, ct);
        // Its default of 100 ms is a setting; people who mind it change it.
        await PeerAsync(f => new SystemdPeer(f, 0), SocketMode.None, longer, shorter, ct);
        foreach (var socket in new[] { SocketMode.Inherit, SocketMode.Forward })
            await PeerAsync(f => new GuardPeer(f, Bench.Guard), socket, longer, shorter, ct);
        return
        [
            new Section("recovery-long", "kill -9 → first answer, service up for more than 10 s", "p50 ms", true, longer),
            new Section("recovery-short", "kill -9 → first answer, service up for less than 1 s", "p50 ms", true, shorter),
        ];
    }

    private async Task<Row> FloorAsync(string server, CancellationToken ct)
    {
        var samples = new List<TimeSpan>();
        var folder = Workbench.NewFolder();
        var program = Bench.Program(folder, server, "floor");
        for (var round = 0; round < ShortRounds; round++)
        {
            var port = Ports.Free(1)[0];
            var begin = Stopwatch.GetTimestamp();
            var pid = Spawned.Start(program, $"PORT={port}");
            samples.Add(Client.UntilAnswered(port, begin, Patience));
            Spawned.End(pid);
            await Until.PassAsync(TimeSpan.FromMilliseconds(20), ct);
        }

        Directory.Delete(folder, recursive: true);
        return RowOf("floor: exec → first answer", samples) with { IsFloor = true };
    }

    private async Task PeerAsync(Func<string, Peer> make, SocketMode socket, List<Row> longer, List<Row> shorter, CancellationToken ct)
    {
        if (!Bench.Wants(make))
            return;
        var row = await RowAsync(make, async (peer, folder) =>
        {
            var subject = SubjectOf(peer.Name, socket);
            var program = socket == SocketMode.Inherit ? "web" : "orders";
            var services = Ports.Free(LongRounds).Select((port, i) =>
                new Workload($"web-{i}", Bench.Program(folder, program, $"web-{i}")) { Port = port, Socket = socket }).ToList();
            await peer.ConfigureAsync(services, ct);
            await peer.StartAsync(ct);
            // Gin's sample takes no descriptors.
            var remark = program == "web" ? $"another server, whose own floor is {webFloor:0.0} ms" : null;
            longer.Add(RowOf(subject, await LongAsync(peer, services, ct)) with { Remark = remark });
            shorter.Add(RowOf(subject, await ShortAsync(peer, services, ct)) with { Remark = remark });
            Bench.Tell($"  {subject}: {longer[^1].Figures["p50 ms"]:0.0} ms, {shorter[^1].Figures["p50 ms"]:0.0} ms");
            return null;
        }, ct);
        if (row is null)
            return;
        var skipped = row with { Subject = SubjectOf(row.Subject, socket) };
        longer.Add(skipped);
        shorter.Add(skipped);
    }

    private static async Task<List<TimeSpan>> LongAsync(Peer peer, List<Workload> services, CancellationToken ct)
    {
        foreach (var service in services)
            Client.UntilAnswered(service.Port!.Value, Stopwatch.GetTimestamp(), Patience);
        await Until.PassAsync(Long, ct);
        return [.. services.Select(s => Client.KillAndAsk(Peer.ServerOf(s)!, s.Port!.Value, Patience))];
    }

    private async Task<List<TimeSpan>> ShortAsync(Peer peer, List<Workload> services, CancellationToken ct)
    {
        var samples = new List<TimeSpan>();
        foreach (var service in services.Take(ShortRounds))
        {
            await peer.DownAsync(service, ct);
            await Until.TrueAsync(() => Peer.ServerOf(service) is null, $"{service.Name} is down", Patience, ct);
            // Not waited for: supervisorctl returns only when the service has been up for a second.
            var up = peer.UpAsync(service, ct);
            await Until.TrueAsync(() => Peer.ServerOf(service) is not null, $"{service.Name} is up", Patience, ct);
            Client.UntilAnswered(service.Port!.Value, Stopwatch.GetTimestamp(), Patience);
            await Until.PassAsync(Short, ct);
            samples.Add(Client.KillAndAsk(Peer.ServerOf(service)!, service.Port.Value, Patience));
            await Task.WhenAny(up);
        }

        return samples;
    }

    private static string SubjectOf(string name, SocketMode socket) => socket == SocketMode.None ? name : $"{name}, {socket.ToString().ToLowerInvariant()}";

    private static Row RowOf(string subject, List<TimeSpan> samples) => new(subject, new Dictionary<string, double>
    {
        ["p50 ms"] = Quantiles.Of(samples, 0.5), ["p99 ms"] = Quantiles.Of(samples, 0.99), ["rounds"] = samples.Count,
    });
}
