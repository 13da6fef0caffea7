using System.Diagnostics;
using System.Globalization;
using System.Text;
using MyApp.Deployment.Logs;
using MyApp.Supervision.Logs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Logs;

/// <summary>What bench/logs/run measures; skipped unless asked for, as the figures say more about a busy machine than about the code.</summary>
public sealed class LogMeasures(ITestOutputHelper output) : IDisposable
{
    private const int Files = 10;
    private const int Rounds = 3;
    private const string Rare = "needle-in-the-log";

    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder folder = new();
    private readonly Measured report = new(output);
    private long lines;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static long Bytes => Environment.GetEnvironmentVariable("BENCH_BYTES") is { Length: > 0 } bytes ? long.Parse(bytes, CultureInfo.InvariantCulture) : 1_000_000_000;

    private string Logs => Path.Combine(folder.Path, "logs");

    private string Service => Path.Combine(Logs, "prod", "orders");

    private string Plain => Path.Combine(folder.Path, "all.log");

    private DateTimeOffset End => At(lines - 1);

    public void Dispose() => folder.Dispose();

    [Fact(Explicit = true)]
    public async Task Query_OneGigabyte_BesideTheUsualTools()
    {
        Generate();
        var (middle, near) = (At(lines / 2), End.AddSeconds(-1));
        await CompareAsync(
            "the last 100 lines", ["--tail", "100", "--since", Text(Begin)], new(100, Begin),
            ("tail -n 100 of the live file", "tail", ["-n", "100", Path.Combine(Service, "access.log")]), ("tail -n 100 of all in one file", "tail", ["-n", "100", Plain]));
        await CompareAsync(
            "the last second", ["--since", Text(near)], new(10_000, near),
            ("grep of the second in the live file", "grep", ["-F", Second(End), Path.Combine(Service, "access.log")]), ("zgrep of it in all files", "zgrep", ["-hF", Second(End), .. AllFiles()]));
        await CompareAsync(
            "a second in the middle", ["--since", Text(middle), "--until", Text(middle.AddSeconds(1))], new(10_000, middle, middle.AddSeconds(1)),
            ("grep of the second in all in one file", "grep", ["-F", Second(middle), Plain]), ("zgrep of it in all files", "zgrep", ["-hF", Second(middle), .. AllFiles()]),
            ("rg -z of it in all files", "rg", ["-zIF", Second(middle), .. AllFiles()]));
        await CompareAsync(
            "a rare word in everything", ["--grep", Rare], Matching(Rare),
            ("grep of all in one file", "grep", ["-F", Rare, Plain]), ("zgrep of all files", "zgrep", ["-hF", Rare, .. AllFiles()]), ("rg -z of all files", "rg", ["-zIF", Rare, .. AllFiles()]));
        await CompareAsync(
            "an expression without a word, in everything", ["--grep", "[n]eedle-[a-z]+-the"], Matching("[n]eedle-[a-z]+-the"),
            ("grep -E of all in one file", "grep", ["-E", "[n]eedle-[a-z]+-the", Plain]), ("zgrep -E of all files", "zgrep", ["-hE", "[n]eedle-[a-z]+-the", .. AllFiles()]),
            ("rg -z of all files", "rg", ["-zI", "[n]eedle-[a-z]+-the", .. AllFiles()]));
        await WriteAsync();
    }

    private static LogWanted Matching(string pattern) => LogPattern.Read(pattern, out _) is { } read ? new(10_000) { Test = read.Matches, Contained = read.Word } : throw new ArgumentException(pattern);

    private async Task CompareAsync(string what, string[] arguments, LogWanted wanted, params (string Name, string Program, string[] Arguments)[] peers)
    {
        var found = 0;
        var engine = await MedianAsync(() =>
        {
            using var log = LogSnapshot.Take(Service, LogStream.Access, wanted.Since);
            found = LogSearch.Read([log], wanted, Ct).Count;
            return Task.CompletedTask;
        });
        var command = Environment.GetEnvironmentVariable("BENCH_CLI") is { Length: > 0 } cli
            ? await MedianAsync(() => RunAsync("dotnet", [cli, "logs", "orders", "--env", "prod", "--stream", "access", "--local", .. arguments])) : (double?)null;
        report.Row($"| {what} | {found} | **myapp**, the search alone | {engine:0.0} | 1 |");
        if (command is { } whole)
            report.Row($"| | | myapp logs, the whole command | {whole:0.0} | {whole / engine:0.00} |");
        foreach (var (name, program, args) in peers)
        {
            if (!Exists(program))
                report.Row($"| | | {name} | {program} is not installed | |");
            else if (await MedianAsync(() => RunAsync(program, args)) is var took)
                report.Row($"| | | {name} | {took:0.0} | {took / engine:0.00} |");
        }
    }

    // Times as the guard gives them: lines that are read together have the same one.
    private void Generate()
    {
        Directory.CreateDirectory(Service);
        using var all = File.Create(Plain);
        for (var i = 0; i < Files; i++)
        {
            var live = i == Files - 1;
            using var text = new MemoryStream();
            for (; text.Length < Bytes / Files; lines++)
                text.Write(Encoding.UTF8.GetBytes($"{LogLineFormat.Prefix(At(lines), "orders-prod-12.0")}GET /orders/{lines} 200 {lines * 7919 % 1000} ms {(lines * 104_729 % 999_983 == 7 ? Rare : "from 10.0.0.7")}\n"));
            text.Position = 0;
            text.CopyTo(all);
            text.Position = 0;
            using var file = File.Create(Path.Combine(Service, live ? "access.log" : new RotatedLog(LogStream.Access, At(lines), i < Files - 2).Name));
            if (i < Files - 2)
                LogMembers.Write(text, file);
            else
                text.CopyTo(file);
        }
    }

    private static async Task<double> MedianAsync(Func<Task> once)
    {
        await once();
        var took = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await once();
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return took.Order().ElementAt(Rounds / 2);
    }

    private async Task RunAsync(string program, string[] arguments)
    {
        var (exit, words) = await ToolProcess.RunAsync(program, arguments, new Dictionary<string, string?> { ["MYAPP_DATA"] = folder.Path, ["LC_ALL"] = "C" }, ct: Ct);
        Assert.True(exit == 0, $"{program}: {words[..Math.Min(words.Length, 1000)]}");
    }

    private static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, program)));

    private string[] AllFiles() => Directory.GetFiles(Service);

    private static DateTimeOffset At(long line) => Begin.AddTicks(line / 4 * 40_000);

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static string Second(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task WriteAsync()
    {
        var packed = Directory.GetFiles(Service, "*.gz").Sum(path => new FileInfo(path).Length);
        await report.WriteAsync((rows, load) => $"""
            # Log queries

            {Bytes / 1_000_000} MB in {lines} lines: a live file, a rotated one, and {Files - 2} rotated and compressed ones of {packed / 1_000_000} MB together; "all in one file" is the same text,
            not rotated and not compressed. {Environment.ProcessorCount} processors, load {load} at the end; everything in memory; medians of {Rounds} rounds after a first one. Milliseconds; the
            ratio is to the search alone, so above 1 the search is faster.

            | query | lines found | by | ms | ratio |
            |---|---|---|---|---|
            {rows}
            The search alone runs in a process that is there already, as in the control plane; every other figure has the start of a process in it. The whole
            command starts a .NET program, which is most of it where little is read.

            """, Ct);
    }
}
