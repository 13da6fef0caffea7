using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;

namespace MyApp.Bench.Supervisors.Cases;

/// <summary>Lines of 120 bytes from a pipe into files of 100 MB. First loggers alone, then supervisors that take the output themselves.</summary>
internal sealed class LogCase(Workbench bench) : Case(bench)
{
    private const int LineBytes = 120;
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // %s is the folder. multilog's files can't be larger than 16 MB.
    private static readonly (string Name, string Program, string Script)[] Loggers =
    [
        ("cat (no rotation)", "cat", "cat >%s/out.log"),
        ("rotatelogs", "rotatelogs", "rotatelogs %s/out.%%s 100M"),
        ("s6-log", "s6-log", "s6-log n40 s104857600 %s"),
        ("s6-log, with times", "s6-log", "s6-log n40 s104857600 T %s"),
        ("multilog (16 MB files)", "multilog", "multilog n100 s16777215 %s"),
        ("svlogd", "svlogd", "printf 's104857600\\nn40\\n' >%s/config; svlogd %s"),
        ("svlogd, with times", "svlogd", "printf 's104857600\\nn40\\n' >%s/config; svlogd -tt %s"),
    ];

    public override string Key => "logs";

    private long Bytes => Bench.Rounds(100_000_000L, 1_000_000_000L) / LineBytes * LineBytes;

    public override async Task<IReadOnlyList<Section>> MeasureAsync(CancellationToken ct)
    {
        var rows = new List<Row>();
        foreach (var (name, program, script) in Loggers)
        {
            var row = Command.Find(program) is null ? Row.Skipped(name, $"{program} is not installed") : await LoggerAsync(name, script, ct);
            rows.Add(row with { IsFloor = program == "cat" });
            Bench.Tell($"  {name}: {rows[^1].Figures.GetValueOrDefault("MB/s"):0} MB/s {rows[^1].Remark}");
        }

        (Func<string, Peer> Make, bool Raw)[] takers = [(f => new GuardPeer(f, Bench.Guard), false), (f => new GuardPeer(f, Bench.Guard), true), (f => new SupervisordPeer(f), true)];
        foreach (var (make, raw) in takers.Where(t => Bench.Wants(t.Make)))
        {
            var rounds = new List<Row>();
            for (var round = 0; round < Rounds; round++)
                rounds.Add((await RowAsync(make, (peer, folder) => PeerAsync(peer, folder, raw, ct), ct))!);
            var row = rounds.OrderBy(r => r.Figures.GetValueOrDefault("MB/s")).ElementAt(Rounds / 2);
            rows.Add(row with { Subject = $"{row.Subject}, as supervisor{(raw ? "" : ", with times")}" });
        }

        return [new Section("logs", $"log throughput, {Bytes / 1e9:0.0} GB of {LineBytes}-byte lines", "MB/s", false, rows)];
    }

    private async Task<Row> LoggerAsync(string name, string script, CancellationToken ct)
    {
        var samples = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var folder = Workbench.NewFolder();
            var output = Path.Combine(folder, "log");
            Directory.CreateDirectory(output);
            var line = $"{Path.Combine(Bench.Programs, "flood")} {Bytes} | ({script.Replace("%s/", output + "/", StringComparison.Ordinal).Replace("%%s", "%s", StringComparison.Ordinal).Replace(" %s", " " + output, StringComparison.Ordinal)})";
            var begin = Stopwatch.GetTimestamp();
            await Command.RunAsync(["/bin/sh", "-c", line], ct);
            samples.Add(Bytes / 1e6 / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            Directory.Delete(folder, recursive: true);
        }

        return new Row(name, new Dictionary<string, double> { ["MB/s"] = samples.Order().ElementAt(Rounds / 2) });
    }

    private async Task<Row?> PeerAsync(Peer peer, string folder, bool raw, CancellationToken ct)
    {
        var begun = Path.Combine(folder, "begun");
        var service = new Workload("flood", Bench.Program(folder, "flood", "flood"))
        {
            Args = [$"{Bytes}"], Env = new Dictionary<string, string> { ["BENCH_BEGUN"] = begun }, Once = true, RawLogs = raw,
        };
        await peer.ConfigureAsync([], ct);
        var logs = peer is GuardPeer guard ? guard.LogFolder(service) : folder;
        var pattern = peer is GuardPeer ? "access*" : "supervisord-flood.log*";
        var live = Path.Combine(logs, peer is GuardPeer ? "access.log" : "supervisord-flood.log");
        await RunAsync(peer, service, () => LastLine(live) == Bytes / LineBytes, ct);
        var begin = long.Parse((await File.ReadAllTextAsync(begun, ct)).Trim(), CultureInfo.InvariantCulture);
        // The guard compresses all rotated files but the youngest, and they can't be counted while they become others.
        await Until.TrueAsync(() => Directory.EnumerateFiles(logs, "access-*.log").Count() <= 1, "the rotated files are compressed", Patience, ct);
        var lost = (Bytes / LineBytes) - Directory.EnumerateFiles(logs, pattern).Sum(Lines);
        // When the last line was written, and not when it was seen here: this process is one of those that wait for a processor.
        var speed = Bytes / 1e6 / ((File.GetLastWriteTimeUtc(live) - DateTime.UnixEpoch).TotalSeconds - (begin / 1e9));
        return new Row(peer.Name, new Dictionary<string, double> { ["MB/s"] = speed, ["lines lost"] = lost });
    }

    private static async Task RunAsync(Peer peer, Workload service, Func<bool> done, CancellationToken ct)
    {
        if (peer is GuardPeer guard)
        {
            await peer.StartAsync(ct);
            await guard.AddAsync(service, ct);
        }
        else
        {
            await peer.ConfigureAsync([service], ct);
            await peer.StartAsync(ct);
        }

        await Until.TrueAsync(done, "the last line is in the file", Patience, ct);
    }

    /// <summary>The number of the last whole line; 0: none yet.</summary>
    private static long LastLine(string path)
    {
        if (!File.Exists(path))
            return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, LineBytes), SeekOrigin.End);
        var tail = new StreamReader(file).ReadToEnd();
        // 00000000042 xxxx…, after whatever the logger has put before it.
        var digits = tail.EndsWith("x\n", StringComparison.Ordinal) && tail.Length == LineBytes ? tail[..11] : "0";
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static long Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var buffer = new byte[1 << 20];
        var lines = 0L;
        for (int read; (read = text.Read(buffer)) > 0;)
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        return lines;
    }
}
