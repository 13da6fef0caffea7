using System.Diagnostics;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>
/// Ten layers of services, each ready 100 ms after its start, each waiting for two of the layer above: from the start of the supervisor until
/// all have said that they are ready. The critical path is one second. Where there are no dependencies, all start at once.
/// </summary>
internal sealed class StartCase(Workbench bench) : Case(bench)
{
    private const int Layers = 10;
    private static readonly TimeSpan Ready = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public override string Key => "start";

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var sections = new List<Section>();
        foreach (var count in Bench.Rounds<int[]>([100], [100, 1000]))
        {
            var rows = new List<Row> { await FloorAsync(count, ct) };
            rows.AddRange(await RowsAsync((peer, folder) => PeerAsync(peer, folder, count, ct), ct));
            sections.Add(new Section($"start-{count}", $"{count} units started along a graph of {Layers} layers, each ready after {Ready.TotalMilliseconds:0} ms", "s", true, rows));
        }

        return sections;
    }

    private async Task<Row?> PeerAsync(Peer peer, string folder, int count, CancellationToken ct)
    {
        var file = ReadyFile(folder);
        var services = Enumerable.Range(0, count).Select(i => ServiceOf(folder, file, i, count / Layers, peer.HasDependencies)).ToList();
        await peer.ConfigureAsync(services, ct);
        // What a supervisor started when it was told of its services does not count.
        new FileStream(file, FileMode.Truncate).Dispose();
        var begin = Stopwatch.GetTimestamp();
        await peer.StartAsync(ct);
        await AllReadyAsync(file, count, ct);
        return RowOf(peer.Name, Stopwatch.GetElapsedTime(begin), peer.HasDependencies ? null : "no dependencies: all at once", peer.HasDependencies);
    }

    private Workload ServiceOf(string folder, string file, int index, int width, bool graph)
    {
        var (layer, place) = (index / width, index % width);
        string Above(int at) => Name((layer - 1) * width + (at % width));
        return new Workload(Name(index), Bench.Program(folder, "idle", Name(index)))
        {
            Env = new Dictionary<string, string> { ["READY_AFTER_MS"] = $"{Ready.TotalMilliseconds:0}", ["BENCH_READY"] = file },
            Notifies = graph,
            After = graph && layer > 0 ? [.. new[] { Above(place), Above(place + 1) }.Distinct()] : [],
        };
    }

    private async Task<Row> FloorAsync(int count, CancellationToken ct)
    {
        var folder = Workbench.NewFolder();
        var file = ReadyFile(folder);
        var pids = new List<int>();
        var begin = Stopwatch.GetTimestamp();
        for (var layer = 0; layer < Layers; layer++)
        {
            for (var i = 0; i < count / Layers; i++)
                pids.Add(Spawned.Start(Path.Combine(Bench.Programs, "idle"), $"READY_AFTER_MS={Ready.TotalMilliseconds:0}", $"BENCH_READY={file}"));
            await AllReadyAsync(file, pids.Count, ct);
        }

        var elapsed = Stopwatch.GetElapsedTime(begin);
        pids.ForEach(Spawned.End);
        Directory.Delete(folder, recursive: true);
        return RowOf("floor: posix_spawn, layer by layer", elapsed, null, true) with { IsFloor = true };
    }

    private static Row RowOf(string subject, TimeSpan elapsed, string? remark, bool graph)
    {
        var figures = new Dictionary<string, double> { ["s"] = elapsed.TotalSeconds };
        if (graph)
            figures["× critical path"] = elapsed / (Layers * Ready);
        return new Row(subject, figures, remark);
    }

    private static string Name(int index) => $"unit-{index}";

    private static string ReadyFile(string folder)
    {
        var file = Path.Combine(folder, "ready");
        new FileStream(file, FileMode.Create).Dispose();
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        return file;
    }

    private static Task AllReadyAsync(string file, int count, CancellationToken ct) =>
        Until.TrueAsync(() => new FileInfo(file).Length >= count, $"{count} services are ready, not {new FileInfo(file).Length}", Patience, ct);
}
