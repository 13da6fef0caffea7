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
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private const string Above = "above the floor, p50 ms";

    public override string Key => "recovery";

    private int LongRounds => Bench.Rounds(4, 40);

    private int ShortRounds => Bench.Rounds(4, 40);

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var folder = Workbench.NewFolder();
        var (orders, web) = (new Floor("orders", Bench.Program(folder, "orders", "floor-orders")), new Floor("web", Bench.Program(folder, "web", "floor-web")));
        var (longer, shorter) = (new List<Row>(), new List<Row>());
        foreach (var make in Bench.Peers)
            await PeerAsync(make, SocketMode.None, orders, longer, shorter, ct);
        await PeerAsync(Workbench.EagerSystemd, SocketMode.None, orders, longer, shorter, ct);
        // Gin's sample takes no descriptors.
        await PeerAsync(f => new GuardPeer(f, Bench.Guard), SocketMode.Inherit, web, longer, shorter, ct);
        await PeerAsync(f => new GuardPeer(f, Bench.Guard), SocketMode.Forward, orders, longer, shorter, ct);
        Directory.Delete(folder, recursive: true);
        // Without a peer that was killed beside it a floor has nothing to tell.
        var floors = new List<Row>();
        if (orders.Samples.Count > 0)
            floors.Add(RowOf("floor: exec → first answer", orders.Samples) with { IsFloor = true });
        if (web.Samples.Count > 0)
            floors.Add(RowOf("floor of the server for inherit", web.Samples));
        return
        [
            new Section("recovery-long", "kill -9 → first answer, service up for more than 10 s", "p50 ms", true, [.. floors, .. longer]),
            new Section("recovery-short", "kill -9 → first answer, service up for less than 1 s", "p50 ms", true, [.. floors, .. shorter]),
        ];
    }

    private async Task PeerAsync(Func<string, Peer> make, SocketMode socket, Floor floor, List<Row> longer, List<Row> shorter, CancellationToken ct)
    {
        if (!Bench.Wants(make))
            return;
        var row = await RowAsync(make, async (peer, folder) =>
        {
            var subject = SubjectOf(peer.Name, socket);
            var services = Ports.Free(LongRounds).Select((port, i) =>
                new Workload($"web-{i}", Bench.Program(folder, floor.Server, $"web-{i}")) { Port = port, Socket = socket }).ToList();
            await peer.ConfigureAsync(services, ct);
            await peer.StartAsync(ct);
            var remark = socket == SocketMode.Inherit ? "another server, with a floor of its own" : null;
            longer.Add(RowOf(subject, await LongAsync(services, floor, ct)) with { Remark = remark });
            shorter.Add(RowOf(subject, await ShortAsync(peer, services, floor, ct)) with { Remark = remark });
            Bench.Tell($"  {subject}: {longer[^1].Figures["p50 ms"]:0.0} ms, {longer[^1].Figures[Above]:0.0} above the floor; {shorter[^1].Figures["p50 ms"]:0.0} ms, {shorter[^1].Figures[Above]:0.0} above");
            return null;
        }, ct);
        if (row is null)
            return;
        var skipped = row with { Subject = SubjectOf(row.Subject, socket) };
        longer.Add(skipped);
        shorter.Add(skipped);
    }

    private static async Task<List<Sample>> LongAsync(List<Workload> services, Floor floor, CancellationToken ct)
    {
        foreach (var service in services)
            Client.UntilAnswered(service.Port!.Value, Stopwatch.GetTimestamp(), Patience);
        await Until.PassAsync(Long, ct);
        var samples = new List<Sample>();
        foreach (var service in services)
            samples.Add(await KillAsync(service, floor, ct));
        return samples;
    }

    private async Task<List<Sample>> ShortAsync(Peer peer, List<Workload> services, Floor floor, CancellationToken ct)
    {
        var samples = new List<Sample>();
        foreach (var service in services.Take(ShortRounds))
        {
            await peer.DownAsync(service, ct);
            await Until.TrueAsync(() => Peer.ServerOf(service) is null, $"{service.Name} is down", Patience, ct);
            // Not waited for: supervisorctl returns only when the service has been up for a second.
            var up = peer.UpAsync(service, ct);
            await Until.TrueAsync(() => Peer.ServerOf(service) is not null, $"{service.Name} is up", Patience, ct);
            Client.UntilAnswered(service.Port!.Value, Stopwatch.GetTimestamp(), Patience);
            await Until.PassAsync(Short, ct);
            samples.Add(await KillAsync(service, floor, ct));
            await Task.WhenAny(up);
        }

        return samples;
    }

    // The floor beside each: a shared machine is faster in one minute than in the next.
    private static async Task<Sample> KillAsync(Workload service, Floor floor, CancellationToken ct)
    {
        var beside = floor.Measure();
        await Until.PassAsync(Between, ct);
        return new Sample(Client.KillAndAsk(Peer.ServerOf(service)!, service.Port!.Value, Patience), beside);
    }

    private static string SubjectOf(string name, SocketMode socket) => socket == SocketMode.None ? name : $"{name}, {socket.ToString().ToLowerInvariant()}";

    private static Row RowOf(string subject, List<Sample> samples)
    {
        var row = RowOf(subject, samples.ConvertAll(s => s.Took));
        return row with { Figures = new Dictionary<string, double>(row.Figures) { [Above] = Quantiles.Of(samples.ConvertAll(s => s.Took - s.Floor), 0.5) } };
    }

    private static Row RowOf(string subject, List<TimeSpan> samples) => new(subject, new Dictionary<string, double>
    {
        ["p50 ms"] = Quantiles.Of(samples, 0.5), ["p99 ms"] = Quantiles.Of(samples, 0.99), ["rounds"] = samples.Count,
    });

    /// <param name="Took">From the kill to the answer.</param>
    /// <param name="Floor">From posix_spawn of the same server to its answer, a moment before.</param>
    private sealed record Sample(TimeSpan Took, TimeSpan Floor);

    /// <summary>The same server, started by nobody but posix_spawn.</summary>
    private sealed class Floor(string server, string program)
    {
        public string Server => server;

        public List<TimeSpan> Samples { get; } = [];

        public TimeSpan Measure()
        {
            var port = Ports.Free(1)[0];
            var begin = Stopwatch.GetTimestamp();
            var pid = Spawned.Start(program, $"PORT={port}");
            var took = Client.UntilAnswered(port, begin, Patience);
            Spawned.End(pid);
            Samples.Add(took);
            return took;
        }
    }
}
