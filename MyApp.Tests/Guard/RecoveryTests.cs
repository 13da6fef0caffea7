using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What outlives a guard.</summary>
public sealed class RecoveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guard_KilledAndStartedAgain_TakesOverTheProcessAndLosesNoLine()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var count = Path.Combine(guard.DataFolder, "go-on");
        var script = guard.Script("run", $"i=0; while [ ! -e {count} ]; do i=$((i+1)); echo line $i; sleep 0.01; done; echo last $i; exec sleep 1000");
        await guard.Client.ApplyAsync(TestService.Unit(script), Ct);
        var first = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count >= 20, Ct);

        await guard.CrashAsync(Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);
        Assert.True(TestService.IsRunning(first.Pid!.Value));
        await guard.StartAgainAsync(Ct);
        await File.WriteAllLinesAsync(count, [], Ct);

        var second = await guard.UntilAsync(i => i.LastLines.Any(l => l.StartsWith("last", StringComparison.Ordinal)), Ct);
        Assert.Equal((InstanceState.Ready, first.Pid, 0), (second.State, second.Pid, second.Restarts));
        var lines = await LogAsync(guard);
        var last = int.Parse(lines[^1]["last ".Length..], CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(1, last).Select(i => $"line {i}").Append($"last {last}"), lines);
    }

    [Fact]
    public async Task Unit_AfterAGuardRestart_IsTheSameToTheLastNull()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        // Null is "any number" here, and not the default.
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with { Logs = new LogRule { Format = LogFormat.Raw, KeepFiles = null } };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);

        // Other content would be a conflict.
        await guard.Client.ApplyAsync(unit, Ct);

        Assert.Equal(InstanceState.Ready, (await guard.InstanceAsync(1, Ct)).State);
    }

    [Fact]
    public async Task Instance_AdoptedAndKilledLater_IsRestarted()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);

        Assert.Equal(1, second.Restarts);
    }

    [Fact]
    public async Task Instance_ThatDiedWithoutAGuard_IsRestartedWithCauseUnknown()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "sleep 1000 & echo $!; wait")), Ct);
        var first = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count == 1, Ct);
        await guard.CrashAsync(Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Eventually.TrueAsync(() => !TestService.IsRunning(first.Pid.Value), "it is gone", TestService.Patience, Ct);

        await guard.StartAgainAsync(Ct);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
        Assert.Equal((1, "ended for an unknown cause while no guard was watching"), (second.Restarts, second.LastExit));
        Assert.False(TestService.IsRunning(int.Parse(first.LastLines[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Instance_OfAnEarlierBoot_IsStartedAndWhoHasItsPidIsLeftAlone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        using var stranger = TestProcess.Start("/bin/sleep", ["1000"]);
        var path = Path.Combine(guard.DataFolder, "guard/instances/test/probe-me/probe-me-test-1.0.json");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(path, Ct))!;
        const string OtherBoot = "00000000-0000-0000-0000-000000000000";
        record["bootId"] = OtherBoot;
        record["state"]!["process"]!["bootId"] = OtherBoot;
        record["state"]!["process"]!["pid"] = stranger.Id;
        record["state"]!["process"]!["startTime"] = ProcStat.Of(stranger.Id)!.StartTime;
        await File.WriteAllBytesAsync(path, Encoding.UTF8.GetBytes(record.ToJsonString()), Ct);

        await guard.StartAgainAsync(Ct);

        var second = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Assert.NotEqual(stranger.Id, second.Pid);
        await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != second.Pid, Ct);
        Assert.True(TestService.IsRunning(stranger.Id));
        Signals.Send(stranger.Id, Signals.Kill);
    }

    [Fact]
    public async Task Forward_AfterAGuardWasKilled_IsThereAgain()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        await guard.CrashAsync(Ct);

        await guard.StartAgainAsync(Ct);

        using var client = new HttpClient { Timeout = TestService.Patience };
        Assert.Equal("release 1", await client.GetStringAsync(new Uri($"http://127.0.0.1:{unit.Ports[0].Port}/"), Ct));
        Assert.True((await guard.Client.StatusAsync(null, null, Ct)).Units.Single().Current);
    }

    [Fact]
    public async Task Unit_StoppedByAPerson_StaysStoppedAfterAGuardRestart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
        await guard.EndAsync(Ct);
        await guard.StartAgainAsync(Ct);
        Assert.Equal(InstanceState.Stopped, (await guard.InstanceAsync(1, Ct)).State);

        await guard.Client.StartAsync(TestService.Name, TestService.Environment, Ct);

        await guard.UntilStateAsync(InstanceState.Ready, Ct);
    }

    [Fact]
    public async Task Tether_Broken_StopsEveryUnitWhichTheNextGuardStartsAgain()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        Assert.Equal(0, await guard.EndAsync(Ct));

        Assert.False(TestService.IsRunning(first.Pid!.Value));
        await guard.StartAgainAsync(Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
    }

    [Fact]
    public async Task Guard_AfterSighup_GoesOn()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        Signals.Send(guard.Pid, Signals.Hangup);

        Assert.Equal(guard.Pid, (await guard.Client.HelloAsync(Ct)).Pid);
    }

    [Fact]
    public async Task Guard_OnAFolderThatHasOne_EndsAndSaysWho()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);

        using var second = GuardProcess.Start("serve", "--data", guard.DataFolder);
        var words = await second.StandardError.ReadToEndAsync(Ct);
        await second.WaitForExitAsync(Ct);

        Assert.Equal(3, second.ExitCode);
        Assert.Contains($"already has a guard: pid {guard.Pid}", words, StringComparison.Ordinal);
    }

    private static async Task<List<string>> LogAsync(GuardProcess guard)
    {
        var lines = new List<string>();
        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, "access", 100_000, false, Ct))
            lines.Add(line.Text);
        return lines;
    }
}
