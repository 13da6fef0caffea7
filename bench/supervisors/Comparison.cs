using System.Diagnostics;
using MyApp.Bench.Supervisors.Cases;
using MyApp.Bench.Supervisors.Measuring;
using MyApp.Bench.Supervisors.Peers;
using MyApp.Bench.Supervisors.Reports;

namespace MyApp.Bench.Supervisors;

/// <summary>One run: every case, on one machine, one after the other.</summary>
internal static class Comparison
{
    public static async Task<int> RunAsync(Options options, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        void Tell(string line) => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(begin):mm\\:ss} {line}");
        var bench = new Workbench(options.Programs, options.Artifacts, options.Quick, options.Peers, Tell);
        Case[] all = [new RecoveryCase(bench), new ForwardCase(bench), new LogCase(bench), new RestartCase(bench), new StartCase(bench), new MemoryCase(bench)];
        if (options.Only.FirstOrDefault(o => all.All(c => c.Key != o)) is { } unknown)
            throw new FormatException($"there is no case '{unknown}'; there are {string.Join(", ", all.Select(c => c.Key))}");
        if (bench.UnknownPeer is { } nobody)
            throw new FormatException($"no supervisor's name begins with '{nobody}'; there are {string.Join("; ", bench.Names)}");
        if (options.Check)
            return 0;

        // Services whose supervisor is killed come to us, and not to the machine's first process, which may not wait for them.
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1);
        var date = TimeProvider.System.GetUtcNow();
        var machine = await Machine.ReadAsync(ct);
        var versions = await VersionsAsync(bench, ct);
        var sections = new List<Section>();
        var before = options.Only.Count > 0 && options is { Quick: false, Peers.Count: 0 } ? ReportFiles.Read(options.Results) : null;
        var left = all.Select(c => c.Key).ToList();
        foreach (var one in all.Where(c => options.Only.Count == 0 || options.Only.Contains(c.Key)))
        {
            bench.Tell(one.Key);
            sections.AddRange(await one.MeasureAsync(ct));
            left.Remove(one.Key);
            // Also what an interrupted run has measured is worth having.
            var report = new Report(machine, date, options.Quick, versions, [.. left], sections);
            ReportFiles.Write(options.Results, before?.With(report) ?? report);
        }

        bench.Tell($"Written to {options.Results}");
        return 0;
    }

    private static async Task<IReadOnlyDictionary<string, string>> VersionsAsync(Workbench bench, CancellationToken ct)
    {
        var versions = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var make in bench.Peers)
        {
            await Workbench.WithAsync(make, async (peer, _) =>
            {
                if (peer.Missing() is null)
                    versions[peer.Name.Split(',')[0]] = await peer.VersionAsync(ct);
            }, ct);
        }

        foreach (var package in new[] { "haproxy", "nginx-light", "wrk", "daemontools", "apache2-utils" })
            versions[package] = await Versions.DebianAsync(package, ct);
        return versions;
    }
}
