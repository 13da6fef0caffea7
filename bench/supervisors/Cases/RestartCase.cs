using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;
using MyApp.Supervision.Units;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>Restarts by request of a server that eight clients ask all the time, a connection for each request: what becomes of the requests.</summary>
internal sealed class RestartCase(Workbench bench) : Case(bench)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    public override string Key => "restarts";

    private int Restarts => Bench.Rounds(10, 100);

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var rows = new List<Row>();
        (Func<string, Peer> Make, SocketMode Socket)[] special =
        [
            (f => new GuardPeer(f, Bench.Guard), SocketMode.Inherit), (f => new GuardPeer(f, Bench.Guard), SocketMode.Forward),
            (Workbench.EagerSystemd, SocketMode.Inherit),
        ];
        foreach (var (make, socket) in special.Where(s => Bench.Wants(s.Make)).Concat(Bench.Peers.Select(m => (m, SocketMode.None))))
            rows.Add(await PeerAsync(make, socket, ct));
        return [new Section("restarts", $"requests lost in {Restarts} restarts under load", "lost", true, rows)];
    }

    private async Task<Row> PeerAsync(Func<string, Peer> make, SocketMode socket, CancellationToken ct)
    {
        var row = await RowAsync(make, async (peer, folder) =>
        {
            var port = Ports.Free(1)[0];
            var service = new Workload("web", Bench.Program(folder, "web", "web")) { Port = port, Socket = socket };
            await peer.ConfigureAsync([service], ct);
            await peer.StartAsync(ct);
            Client.UntilAnswered(port, Stopwatch.GetTimestamp(), Patience);
            using var load = new Load(port);
            var done = await RestartAsync(peer, service, ct);
            load.Stop();
            return RowOf(peer.Name, done, load);
        }, ct);
        return row! with { Subject = $"{row!.Subject}, {socket.ToString().ToLowerInvariant()}" };
    }

    private async Task<int> RestartAsync(Peer peer, Workload service, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        var done = 0;
        for (; done < Restarts && Stopwatch.GetElapsedTime(begin) < Limit; done++)
        {
            var old = Peer.ServerOf(service);
            await peer.RestartAsync(service, ct);
            await Until.TrueAsync(() => Peer.ServerOf(service) is { } server && server != old, "there is a new server", Patience, ct);
            Client.UntilAnswered(service.Port!.Value, Stopwatch.GetTimestamp(), Patience);
            await Until.PassAsync(Between, ct);
        }

        return done;
    }

    private static Row RowOf(string subject, int restarts, Load load) => new(subject, new Dictionary<string, double>
    {
        ["lost"] = load.Count(Outcome.Refused) + load.Count(Outcome.Reset) + load.Count(Outcome.TimedOut),
        ["refused"] = load.Count(Outcome.Refused),
        ["reset"] = load.Count(Outcome.Reset),
        ["timed out"] = load.Count(Outcome.TimedOut),
        ["answered"] = load.Count(Outcome.Answered),
        ["restarts"] = restarts,
    });
}
