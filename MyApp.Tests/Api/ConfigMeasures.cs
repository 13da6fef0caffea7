using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>What bench/config/run measures; skipped unless asked for, as the figures say more about a busy machine than about the code.</summary>
public sealed class ConfigMeasures(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int Watchers = 1000;
    private const int Changes = 50;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Watch_AThousandWatchers_FromChangeToDelivery()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        using var client = new HttpClient { BaseAddress = new(api.Address) };
        var arrivals = new List<long>[Changes + 1];
        for (var i = 0; i <= Changes; i++)
            arrivals[i] = [];
        using var connected = new CountdownEvent(Watchers);
        var watching = Enumerable.Range(0, Watchers).Select(_ => WatchAsync(client, arrivals, connected)).ToList();
        Assert.True(await Task.Run(() => connected.Wait(TimeSpan.FromSeconds(60)), Ct));
        var (took, earliest) = (new List<double>(), new List<double>());
        var first = 0.0;
        for (var version = 1; version <= Changes; version++)
        {
            var asked = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsJsonAsync("/api/v1/configs/orders", new { environment = "prod", set = new { replicas = version.ToString(CultureInfo.InvariantCulture) }, requestedBy = "bench" }, Ct);
            answer.EnsureSuccessStatusCode();
            await Eventually.TrueAsync(() => CountOf(arrivals[version]) == Watchers, "every watcher has it", TimeSpan.FromSeconds(30), Ct);
            var times = arrivals[version].Select(at => Stopwatch.GetElapsedTime(asked, at).TotalMilliseconds).ToList();
            // The first change of a process is the time its code is compiled in.
            if (version == 1)
                first = times.Max();
            else
            {
                took.AddRange(times);
                earliest.Add(times.Min());
            }
        }

        await Task.WhenAll(watching);
        took.Sort();
        earliest.Sort();
        Tell($"watchers {Watchers}; the first change after the start: worst {first:0.0} ms; {Changes - 1} more: p50 {At(took, 0.50):0.0} ms, p99 {At(took, 0.99):0.0} ms, worst {took[^1]:0.0} ms; of that until the first watcher has it: p50 {At(earliest, 0.50):0.0} ms, worst {earliest[^1]:0.0} ms");
    }

    [Fact(Explicit = true)]
    public void Read_TenThousandSpecs_AndExplainingOneKey()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Fixtures, "specs", "whole", "spec.yaml"));
        Assert.NotNull(SpecReader.Read(text, "myapp.yaml").File);
        var began = Stopwatch.GetTimestamp();
        SpecFile? last = null;
        for (var i = 0; i < 10_000; i++)
            last = SpecReader.Read(text, "myapp.yaml").File;
        var reading = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        IReadOnlyList<Explanation> explained = [];
        for (var i = 0; i < 1000; i++)
            explained = last!.Explain("orders", "prod", "replicas");
        Assert.NotEmpty(explained[0].Written);
        Tell($"10,000 specs of {text.Length} characters read and validated: {reading.TotalSeconds:0.00} s; one key explained: {Stopwatch.GetElapsedTime(began).TotalMicroseconds / 1000:0} µs");
    }

    private static async Task WatchAsync(HttpClient client, List<long>[] arrivals, CountdownEvent connected)
    {
        using var answer = await client.GetAsync("/api/v1/configs/orders/watch?environment=prod", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await answer.Content.ReadAsStreamAsync(Ct);
        var buffer = new byte[4096];
        for (var version = -1; version < Changes;)
        {
            // Events are small, and the next change waits until everybody has this one: what comes at once is at most one event.
            var read = await body.ReadAsync(buffer, Ct);
            var at = Stopwatch.GetTimestamp();
            if (buffer.AsSpan(0, read).IndexOf("id: "u8) is not (>= 0 and var id))
                continue;
            Assert.True(Utf8Parser.TryParse(buffer.AsSpan(id + 4), out version, out _));
            if (version == 0)
                connected.Signal();
            else
                lock (arrivals[version])
                    arrivals[version].Add(at);
        }
    }

    private static int CountOf(List<long> list)
    {
        lock (list)
            return list.Count;
    }

    private static double At(List<double> sorted, double part) => sorted[(int)Math.Ceiling(part * sorted.Count) - 1];

    private void Tell(FormattableString line)
    {
        var text = line.ToString(CultureInfo.InvariantCulture);
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("BENCH_RESULTS") is { Length: > 0 } file)
            File.AppendAllText(file, text + "\n");
    }
}
