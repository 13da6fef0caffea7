using System.Globalization;
using System.IO.Compression;
using System.Text;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What a program writes is in the files, once, whatever happens to the guard, the disk and the folder.</summary>
public sealed class LogPumpTests
{
    private static readonly LogRule KeepAll = new() { MaxFileBytes = 2_000_000, KeepFiles = null };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Line_OfAHundredMegabytes_IsSplitAndNothingOfItIsLost()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(guard, "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo after", new LogRule { MaxFileBytes = 1L << 30 });
        await guard.UntilAsync(i => i.LastLines.Contains("after"), Ct);

        var texts = Lines(guard, LogStream.Access).Select(l => l.Text).ToList();

        Assert.Equal(101, texts.Count);
        Assert.All(texts.Take(99), t => Assert.Equal(1_000_000 + LogLineFormat.GoesOn.Length, t.Length));
        Assert.Equal(1_000_000, texts[99].Length);
        Assert.Equal("after", texts[100]);
    }

    [Theory]
    [InlineData(LogFormat.Lines)]
    [InlineData(LogFormat.Raw)]
    public async Task Guard_KilledAgainAndAgainUnderLoad_LosesAndRepeatsNoLine(LogFormat format)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(guard, "seq -f 'line number %.0f of a program that goes on' 1 3000000; echo end >&2; exec sleep 1000", KeepAll with { Format = format });
        for (var kills = 0; kills < 6; kills++)
        {
            await guard.CrashAsync(Ct);
            await guard.StartAgainAsync(Ct);
        }

        await guard.UntilAsync(i => i.LastLines.Contains("end") && i.LastLines.Contains("line number 3000000 of a program that goes on"), Ct);
        var expected = 1L;
        foreach (var (_, text) in Lines(guard, LogStream.Access, format))
            Assert.Equal(expected++, long.Parse(text.Split(' ')[2], CultureInfo.InvariantCulture));
        Assert.Equal(3_000_001, expected);
    }

    [Fact]
    public async Task Lines_OfARawLog_AreAsTheProgramWroteThem()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(
            guard, "printf 'one\\r\\ntwo\\n'; seq 1 200000; printf 'begun '; sleep 0.2; echo ended; seq 1 200000; echo end; exec sleep 1000",
            KeepAll with { Format = LogFormat.Raw });
        await guard.UntilAsync(i => i.LastLines.Contains("end"), Ct);

        string[] numbers = [.. Enumerable.Range(1, 200_000).Select(i => $"{i}")];
        Assert.Equal(["one\r", "two", .. numbers, "begun ended", .. numbers, "end"], Lines(guard, LogStream.Access, LogFormat.Raw).Select(l => l.Text));
        Assert.Equal(100, (await ReadAsync(guard, "access", null)).TakeLast(100).Count());
    }

    [Fact]
    public async Task Line_BegunBeforeTheGuardWasKilled_IsWhole()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        await RunAsync(guard, $"printf 'begun '; echo there >&2; while ! [ -e {go} ]; do sleep 0.05; done; echo ended; exec sleep 1000", KeepAll);
        await guard.UntilAsync(i => i.LastLines.Contains("there"), Ct);
        // What came from one pipe says nothing of the other: the guard may not have read that yet.
        string[] carry = [];
        await Eventually.TrueAsync(
            () => (carry = Directory.GetFiles(Path.Combine(guard.DataFolder, "guard", "run"), "*.out.part", SearchOption.AllDirectories)).Any(part => new FileInfo(part).Length > 0),
            "what was begun is carried", TestService.Patience, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        File.Create(go).Dispose();

        await guard.UntilAsync(i => i.LastLines.Contains("begun ended"), Ct);
        Assert.Single(carry);
        Assert.Equal(["begun ended"], Lines(guard, LogStream.Access).Select(l => l.Text));
    }

    [Fact]
    public async Task Replicas_ThatWriteToOneFile_KeepTheirLinesWhole()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "seq -f \"$NAME %.0f\" 1 50000; exec sleep 1000");
        var unit = TestService.Unit(script) with { Replicas = 2, Logs = KeepAll };
        await guard.Client.ApplyAsync(unit with { Env = new SortedDictionary<string, string>(unit.Env.ToDictionary()) { ["NAME"] = "${instance}" } }, Ct);
        await Eventually.TrueAsync(
            async () => (await guard.Client.StatusAsync(null, null, Ct)).Units[0].Instances.All(i => i.LastLines.Contains($"{i.Id} 50000")), "both are through", TestService.Patience, Ct);

        var lines = Lines(guard, LogStream.Access);

        Assert.Equal(100_000, lines.Count);
        foreach (var own in lines.GroupBy(l => l.Instance))
            Assert.Equal(Enumerable.Range(1, 50_000).Select(i => $"{own.Key} {i}"), own.Select(l => l.Text));
    }

    [Fact]
    public async Task Lines_OfJson_GoWhereTheirLevelSays()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(
            guard, """echo '{"level":"debug"}'; echo '{"level":"info"}'; echo plain; echo '{"level":"error"}'; echo 'plain too' >&2; exec sleep 1000""",
            KeepAll with { ClassifyBy = "level" });
        await guard.UntilAsync(i => i.LastLines.Count == 5, Ct);

        Assert.Equal(["""{"level":"info"}""", "plain"], Lines(guard, LogStream.Access).Select(l => l.Text));
        Assert.Equal(["plain too", """{"level":"error"}"""], Lines(guard, LogStream.Error).Select(l => l.Text).Order(StringComparer.Ordinal));
        Assert.Equal(["""{"level":"debug"}"""], await ReadAsync(guard, "trace", null));
    }

    [Fact]
    public async Task Logs_Since_BeginAtThatTime()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        await RunAsync(guard, $"seq 1 30000; while ! [ -e {go} ]; do sleep 0.02; done; seq 30001 30010; exec sleep 1000", KeepAll with { MaxFileBytes = 200_000 });
        await guard.UntilAsync(i => i.LastLines.Contains("30000"), Ct);
        var since = TimeProvider.System.GetUtcNow();
        File.Create(go).Dispose();
        await guard.UntilAsync(i => i.LastLines.Contains("30010"), Ct);

        Assert.Equal(Enumerable.Range(30_001, 10).Select(i => $"{i}"), await ReadAsync(guard, "access", since));
        Assert.Equal(30_010, (await ReadAsync(guard, "access", since.AddHours(-1))).Count);
        Assert.Empty(await ReadAsync(guard, "access", since.AddHours(1)));
    }

    [Fact]
    public async Task File_OfAnHourThatIsOver_IsRotatedByTheNextLine()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        await RunAsync(guard, $"echo old; while ! [ -e {go} ]; do sleep 0.02; done; echo new; exec sleep 1000", KeepAll with { Rotate = LogPeriod.Hour });
        await guard.UntilAsync(i => i.LastLines.Contains("old"), Ct);
        await guard.CrashAsync(Ct);
        File.SetLastWriteTimeUtc(Path.Combine(Folder(guard), "access.log"), TimeProvider.System.GetUtcNow().AddHours(-2).UtcDateTime);
        await guard.StartAgainAsync(Ct);
        File.Create(go).Dispose();
        await guard.UntilAsync(i => i.LastLines.Contains("new"), Ct);

        Assert.EndsWith(" new", File.ReadAllLines(Path.Combine(Folder(guard), "access.log")).Single(), StringComparison.Ordinal);
        Assert.EndsWith(" old", File.ReadAllLines(Directory.GetFiles(Folder(guard), "access-*").Single()).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_DeletedUnderTheGuard_IsMadeAgain()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(guard, "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done", KeepAll);
        await guard.UntilAsync(i => i.LastLines.Contains("line 5"), Ct);

        Directory.Delete(Folder(guard), recursive: true);

        await Eventually.TrueAsync(() => Lines(guard, LogStream.Access).Count > 5, "lines are written again", TestService.Patience, Ct);
        Assert.Equal(0, (await guard.InstanceAsync(1, Ct)).DroppedLines);
    }

    [Fact]
    public async Task Output_ClosedByTheProgram_IsNoTrouble()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await RunAsync(guard, "echo before; exec 1>&-; echo still here >&2; exec sleep 1000", KeepAll);

        await guard.UntilAsync(i => i.LastLines.Contains("still here") && i.LastLines.Contains("before"), Ct);
        Assert.Equal(["before"], Lines(guard, LogStream.Access).Select(l => l.Text));
    }

    [Fact]
    public async Task Disk_Full_CostsCountedLinesAndBlocksNobody()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await using var disk = await SmallDisk.MountAsync(Folder(guard), Ct);
        var (full, free) = (Path.Combine(guard.DataFolder, "full"), Path.Combine(guard.DataFolder, "free"));
        await RunAsync(
            guard,
            // Longer than a page: what is left of the last one of a file has room for none.
            "lines() { i=0; while [ $i -lt $1 ]; do printf '%5000s\\n' x; i=$((i+1)); done; }; "
            + $"echo one; echo e1 >&2; while ! [ -e {full} ]; do sleep 0.02; done; lines 3000; lines 300 >&2; "
            + $"while ! [ -e {free} ]; do sleep 0.02; done; sleep 1.2; echo two; echo e2 >&2; exec sleep 1000",
            KeepAll);
        await guard.UntilAsync(i => i.LastLines.Contains("one"), Ct);
        disk.Fill();
        File.Create(full).Dispose();
        await guard.UntilAsync(i => i.DroppedLines == 3_300, Ct);
        Assert.Contains("lines lost", (await guard.Client.StatusAsync(null, null, Ct)).Units[0].LogTrouble, StringComparison.Ordinal);

        disk.Empty();
        File.Create(free).Dispose();
        await guard.UntilAsync(i => i.LastLines.Contains("two") && i.LastLines.Contains("e2"), Ct);

        Assert.Equal(["one", LogLineFormat.Dropped(3_000), "two"], Lines(guard, LogStream.Access).Select(l => l.Text));
        Assert.Equal(["e1", LogLineFormat.Dropped(300), "e2"], Lines(guard, LogStream.Error).Select(l => l.Text));
        Assert.Null((await guard.Client.StatusAsync(null, null, Ct)).Units[0].LogTrouble);
        var record = Path.Combine(guard.DataFolder, "guard/instances/test/probe-me/probe-me-test-1.0.json");
        await Eventually.TrueAsync(() => File.ReadAllText(record).Contains("\"droppedLines\": 3300", StringComparison.Ordinal), "the count is kept", TestService.Patience, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        Assert.Equal(3_300, (await guard.InstanceAsync(1, Ct)).DroppedLines);
    }

    private static Task RunAsync(GuardProcess guard, string body, LogRule rule) => guard.Client.ApplyAsync(
        TestService.Unit(guard.Script("run", body)) with { Logs = rule, Restart = new RestartRule { Policy = RestartPolicy.Never } }, Ct);

    private static string Folder(GuardProcess guard) => Path.Combine(guard.DataFolder, "logs", TestService.Environment, TestService.Name);

    private static async Task<List<string>> ReadAsync(GuardProcess guard, string stream, DateTimeOffset? since)
    {
        var lines = new List<string>();
        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, stream, 100_000, false, Ct, since))
            lines.Add(line.Text);
        return lines;
    }

    /// <summary>All there are on disk, oldest first.</summary>
    private static List<(string Instance, string Text)> Lines(GuardProcess guard, LogStream stream, LogFormat format = LogFormat.Lines)
    {
        var lines = new List<(string, string)>();
        foreach (var file in LogFiles.OpenAll(Folder(guard), stream))
        {
            var path = file.Name;
            using Stream bytes = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var reader = new StreamReader(bytes, Encoding.UTF8);
            var whole = reader.ReadToEnd();
            Assert.True(whole.Length == 0 || whole[^1] == '\n', $"{path} ends with a line");
            foreach (var line in whole.Split('\n').SkipLast(1))
            {
                if (format == LogFormat.Raw)
                {
                    lines.Add(("", line));
                    continue;
                }

                Assert.True(LogLineFormat.TryParse(line, out _, out var instance, out var text), $"{path} has no broken line: {line}");
                lines.Add((instance, text));
            }
        }

        return lines;
    }
}
