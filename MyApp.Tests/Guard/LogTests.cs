using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class LogTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tail_GivesTheLastLinesOfBothStreamsWithTimeAndInstance()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyAsync(guard, "for i in 1 2 3 4 5; do echo out $i; done; sleep 0.2; echo err 1 >&2; exec sleep 1000");
        await guard.UntilAsync(i => i.LastLines.Count == 6, Ct);

        var lines = await ReadAsync(guard, null, 3);

        Assert.Equal(["out 4", "out 5", "err 1"], lines.Select(l => l.Text));
        Assert.Equal(["access", "access", "error"], lines.Select(l => l.Stream));
        Assert.All(lines, l => Assert.Equal($"{TestService.Name}-{TestService.Environment}-1.0", l.Instance));
        Assert.All(lines, l => Assert.InRange(l.Time, TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1), TimeProvider.System.GetUtcNow()));
        Assert.Equal(["err 1"], (await ReadAsync(guard, "error", 10)).Select(l => l.Text));
    }

    [Fact]
    public async Task Follow_GivesTheTailAndThenEachNewLineOnce()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyAsync(guard, "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.005; done");
        await guard.UntilAsync(i => i.LastLines.Count == 20, Ct);
        var numbers = new List<string>();

        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, null, 10, true, Ct))
        {
            numbers.Add(line.Text);
            if (numbers.Count == 100)
                break;
        }

        var first = int.Parse(numbers[0]["line ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(first, 100).Select(i => $"line {i}"), numbers);
    }

    [Fact]
    public async Task File_OverItsSize_IsRotatedAndTheTailReadsOnBeyondIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "for i in $(seq 1 100); do echo line $i; done; echo end >&2; exec sleep 1000");
        await guard.Client.ApplyAsync(TestService.Unit(script) with { Logs = new LogRule { MaxFileBytes = 2000, KeepFiles = 2 } }, Ct);
        await guard.UntilAsync(i => i.LastLines.Contains("end") && i.LastLines.Contains("line 100"), Ct);

        var folder = Path.Combine(guard.DataFolder, "logs", TestService.Environment, TestService.Name);
        string[] files = [];
        await Eventually.TrueAsync(
            () => (files = Directory.GetFiles(folder, "access*")).Length == 3 && files.Any(f => f.EndsWith(".log.gz", StringComparison.Ordinal)),
            "the oldest are gone and the second is compressed", TestService.Patience, Ct);
        var lines = await ReadAsync(guard, "access", 60);

        Assert.Equal(3, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 2000));
        Assert.Equal("line 100", lines[^1].Text);
        Assert.True(lines.Count > 2000 / 70, "the tail goes on into the rotated file");
        Assert.Equal(lines.Select(l => l.Text), Enumerable.Range(101 - lines.Count, lines.Count).Select(i => $"line {i}"));
    }

    [Fact]
    public async Task Line_WithoutEndOrTooLong_IsKept()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "head -c 2500000 /dev/zero | tr '\\0' x; echo; printf 'no end'");
        await guard.Client.ApplyAsync(TestService.Unit(script) with { Restart = new RestartRule { Policy = RestartPolicy.OnFailure } }, Ct);
        await guard.UntilStateAsync(InstanceState.Stopped, Ct);

        var lines = await ReadAsync(guard, "access", 10);

        var mark = LogLineFormat.GoesOn.Length;
        Assert.Equal([1_000_000 + mark, 1_000_000 + mark, 500_000], lines.SkipLast(1).Select(l => l.Text.Length));
        Assert.Equal([true, true, false, false], lines.Select(l => l.Text.EndsWith(LogLineFormat.GoesOn, StringComparison.Ordinal)));
        Assert.Equal("no end", lines[^1].Text);
    }

    [Fact]
    public async Task Logs_OfAServiceThatIsNotThere_AreNotFound()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        var refusal = await Assert.ThrowsAsync<GuardException>(() => ReadAsync(guard, null, 10));

        Assert.Equal("not-found", refusal.Code);
    }

    private static Task ApplyAsync(GuardProcess guard, string body) => guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", body)), Ct);

    private static async Task<List<GuardLogLine>> ReadAsync(GuardProcess guard, string? stream, int tail)
    {
        var lines = new List<GuardLogLine>();
        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, stream, tail, false, Ct))
            lines.Add(line);
        return lines;
    }
}
