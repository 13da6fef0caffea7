using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>Memory of the supervisor with 1 to 1,000 services that do nothing, and what it takes of a processor with 100 of them.</summary>
internal sealed class MemoryCase(Workbench bench) : Case(bench)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    public override string Key => "memory";

    private int[] Counts => Bench.Rounds<int[]>([1, 20, 100], [1, 20, 100, 1000]);

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var (memory, idle) = (new List<Row>(), new List<Row>());
        foreach (var make in Bench.Peers)
            await PeerAsync(make, memory, idle, ct);
        return
        [
            new Section("memory", "memory (PSS) of the supervisor by number of services", "MiB at 100", true, memory),
            new Section("idle", "processor time of the supervisor with 100 idle services", "% of a core", true, idle),
        ];
    }

    private async Task PeerAsync(Func<string, Peer> make, List<Row> memory, List<Row> idle, CancellationToken ct)
    {
        var name = "";
        var figures = new Dictionary<string, double>();
        string? remark = null;
        foreach (var count in Counts)
        {
            var row = await RowAsync(make, async (peer, folder) =>
            {
                name = peer.Name;
                await StartAsync(peer, folder, count, ct);
                figures[$"MiB at {count}"] = peer.Processes().Sum(ProcFs.Pss) / 1048576.0;
                if (count == 100)
                    idle.Add(await IdleAsync(peer, ct));
                Bench.Tell($"  {name}, {count} services: {figures[$"MiB at {count}"]:0.00} MiB");
                return null;
            }, ct);
            name = row?.Subject ?? name;
            remark ??= row is null ? null : $"at {count}: {row.Remark}";
            if (row is not null)
                break;
        }

        memory.Add(new Row(name, figures, remark));
        if (idle.All(r => r.Subject != name))
            idle.Add(Row.Skipped(name, remark ?? "not measured"));
    }

    private async Task StartAsync(Peer peer, string folder, int count, CancellationToken ct)
    {
        var services = Enumerable.Range(0, count).Select(i => new Workload($"idle-{i}", Bench.Program(folder, "idle", $"idle-{i}"))).ToList();
        await peer.ConfigureAsync(services, ct);
        await peer.StartAsync(ct);
        await Until.TrueAsync(() => ProcFs.StartedBelow(Path.Combine(folder, "bin")).Count() == count, $"{count} services run", Patience, ct);
        await Until.PassAsync(Settle, ct);
    }

    private async Task<Row> IdleAsync(Peer peer, CancellationToken ct)
    {
        var window = Bench.Rounds(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
        var before = peer.Processes().Sum(p => ProcFs.Cpu(p).TotalSeconds);
        await Until.PassAsync(window, ct);
        var after = peer.Processes().Sum(p => ProcFs.Cpu(p).TotalSeconds);
        return new Row(peer.Name, new Dictionary<string, double> { ["% of a core"] = 100 * (after - before) / window.TotalSeconds, ["window s"] = window.TotalSeconds });
    }
}
