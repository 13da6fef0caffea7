using System.Diagnostics;
using MyApp.Deployment.Specs;
using MyApp.Tests.Api.Watching;
using MyApp.Tests.Support;
using YamlDotNet.Core;

namespace MyApp.Tests.Api;

/// <summary>What bench/config/run measures; skipped unless asked for, as the figures say more about a busy machine than about the code.</summary>
public sealed class ConfigMeasures(ITestOutputHelper output)
{
    private const int Watchers = 1000;
    private const int Changes = 50;
    private const int Specs = 10_000;
    private readonly Measured report = new(output);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Configuration_ReadExplainedAndWatched()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        Assert.SkipUnless(RedisServer.Missing is null, RedisServer.Missing ?? "");
        var characters = ReadAndExplain();
        report.Row($"");
        report.Row($"| {Watchers} watchers of | p50 | p99 | worst | until the first has it, p50 | the first change after the start, worst | p99 ÷ floor |");
        report.Row($"|---|---|---|---|---|---|---|");
        await WatchAsync();
        await WriteAsync(characters);
    }

    private int ReadAndExplain()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Fixtures, "specs", "whole", "spec.yaml"));
        var spec = SpecReader.Read(text, "myapp.yaml").File!;
        Parse(text);
        var parsed = Time(() => Parse(text), Specs);
        var read = Time(() => SpecReader.Read(text, "myapp.yaml"), Specs);
        Assert.NotEmpty(spec.Explain("orders", "prod", "replicas")[0].Written);
        var explained = Time(() => spec.Explain("orders", "prod", "replicas"), Specs);
        report.Row($"| of a spec of {text.Length} characters | µs | ÷ floor |");
        report.Row($"|---|---|---|");
        report.Row($"| the events of YamlDotNet's parser alone, the floor | {parsed:0} | 1 |");
        report.Row($"| **myapp**: read and validated | {read:0} | {read / parsed:0.0} |");
        report.Row($"| **myapp**: one key explained | {explained:0} | {explained / parsed:0.0} |");
        return text.Length;
    }

    // In turns, so that a machine that gets slower does so for all.
    private async Task WatchAsync()
    {
        await using var postgres = await PostgresServer.StartAsync(durable: true);
        await using var api = await ServedApi.StartAsync(await postgres.CreateDatabaseAsync("bench"));
        await using var ours = new WatchedApi(api);
        await using var redis = await WatchedRedis.StartAsync(Ct);
        await using var etcd = WatchedEtcd.Missing is null ? await WatchedEtcd.StartAsync(Ct) : null;
        var all = new WatchedServer?[] { redis, ours, etcd }.OfType<WatchedServer>().ToList();
        foreach (var watched in all)
            await watched.WatchAsync(Watchers, Ct);
        // The first change of a process is the time its code is compiled in.
        var first = new Dictionary<string, double>();
        foreach (var watched in all)
            first[watched.Name] = (await watched.MeasureAsync(1, Ct)).Max();
        var took = all.ToDictionary(w => w.Name, _ => new List<IReadOnlyList<double>>());
        for (var number = 2; number <= Changes; number++)
        {
            foreach (var watched in all)
                took[watched.Name].Add(await watched.MeasureAsync(number, Ct));
        }

        var floor = At(took[redis.Name].SelectMany(t => t), 0.99);
        foreach (var (name, changes) in took)
        {
            var (times, earliest) = (changes.SelectMany(t => t).ToList(), changes.Select(t => t.Min()).ToList());
            report.Row($"| {name} | {At(times, 0.5):0.0} | {At(times, 0.99):0.0} | {times.Max():0.0} | {At(earliest, 0.5):0.0} | {first[name]:0.0} | {At(times, 0.99) / floor:0.0} |");
        }

        if (etcd is null)
            report.Row($"| etcd | is not installed | | | | | |");
    }

    private static void Parse(string text)
    {
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
        }
    }

    /// <returns>Microseconds each.</returns>
    private static double Time(Action once, int times)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
            once();
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / times;
    }

    private static double At(IEnumerable<double> times, double part)
    {
        var sorted = times.Order().ToList();
        return sorted[(int)Math.Ceiling(part * sorted.Count) - 1];
    }

    private Task WriteAsync(int characters) => report.WriteAsync(
        (rows, load) => $"""
            # Configuration

            {Specs} specs of {characters} characters read and validated, and a key of one explained as often, in one process; then {Changes - 1} changes of one value, each told to {Watchers} watchers by each
            server in turns: from the request for the change to the arrival at each, in milliseconds. {Environment.ProcessorCount} processors, load {load} at the end; watchers, and myapp, are in one
            process, the others in their own. myapp and etcd have the change on a disk before they tell of it.

            {rows}
            """,
        Ct);
}
