using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>A guard that becomes another binary while everything runs on.</summary>
public sealed class UpgradeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upgrade_KeepsProcessesLinesAndTheKnowledgeOfExits()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var done = Path.Combine(guard.DataFolder, "go-on");
        var script = guard.Script("run", $"i=0; while [ ! -e {done} ]; do i=$((i+1)); echo line $i; sleep 0.005; done; echo last $i; exec sleep 1000");
        await guard.Client.ApplyAsync(TestService.Unit(script), Ct);
        var first = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count >= 20, Ct);
        var binary = CopyOf(guard);

        for (var i = 0; i < 3; i++)
        {
            var (code, output, error) = await guard.CtlAsync(Ct, "upgrade", "--binary", binary);
            Assert.True(code == 0, $"{error}\n{guard.Journal}");
            Assert.Contains($"(pid {guard.Pid})", output, StringComparison.Ordinal);
        }

        Assert.Equal(binary, new FileInfo($"/proc/{guard.Pid}/exe").LinkTarget);
        await File.WriteAllLinesAsync(done, [], Ct);
        var second = await guard.UntilAsync(i => i.LastLines.Any(l => l.StartsWith("last", StringComparison.Ordinal)), Ct);
        Assert.Equal((InstanceState.Ready, first.Pid, 0), (second.State, second.Pid, second.Restarts));
        var lines = await LogAsync(guard);
        var last = int.Parse(lines[^1]["last ".Length..], CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(1, last).Select(i => $"line {i}").Append($"last {last}"), lines);

        // It is still our child, so its end is seen as it was.
        Signals.Send(first.Pid!.Value, Signals.Kill);
        var third = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
        Assert.Equal((1, "killed by SIGKILL"), (third.Restarts, third.LastExit));
    }

    [Fact]
    public async Task Child_ThatEndedWhileTheGuardChanged_IsKnownWithItsCause()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        // Ends as soon as the process that was its guard has become another program.
        var binary = CopyOf(guard);
        var script = guard.Script("run", $"while [ \"$(readlink /proc/{guard.Pid}/exe)\" != {binary} ]; do :; done; [ -e {guard.DataFolder}/once ] && exec sleep 1000; touch {guard.DataFolder}/once; exit 43");
        File.SetUnixFileMode(guard.DataFolder, (UnixFileMode)0b111_111_111);
        await guard.Client.ApplyAsync(TestService.Unit(script) with { User = Environment.UserName }, Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready, Ct);

        await guard.Client.UpgradeAsync(binary, Ct);

        await guard.UntilAsync(i => i.Restarts == 1 && i.LastExit == "exit 43", Ct);
        var dossier = Assert.Single(await guard.Client.WhyAsync(TestService.Name, TestService.Environment, 1, Ct));
        Assert.Equal((DossierCause.Exited, "exit 43"), (dossier.Cause, dossier.Exit));
        Assert.NotNull(dossier.StartedAt);
    }

    [Fact]
    public async Task Upgrade_ToWhatIsNoGuard_ChangesNothing()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var before = await guard.Client.HelloAsync(Ct);
        var older = guard.Script("older", "echo myapp-guard 0.0.1 state 0");

        Assert.Contains("is older", (await Assert.ThrowsAsync<GuardException>(() => guard.Client.UpgradeAsync(older, Ct))).Message, StringComparison.Ordinal);

        Assert.Equal(before, await guard.Client.HelloAsync(Ct));
    }

    [Fact]
    public async Task Upgrade_ThatFailsAtTheLast_GoesOnAsBefore()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        // Says what a guard says, and is gone when it is to be run.
        var vanishing = guard.Script("vanishing", "echo myapp-guard 9.9.9 state 99; rm \"$0\"");

        await guard.Client.UpgradeAsync(vanishing, Ct);

        await Eventually.TrueAsync(() => guard.Journal.ToString().Contains("going on as before", StringComparison.Ordinal), "it says so", TestService.Patience, Ct);
        Assert.Equal(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid && i.LastExit == "killed by SIGKILL", Ct);
    }

    [Fact]
    public async Task ForwardedPort_DuringUpgrades_RefusesNobody()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        using var client = new HttpClient { Timeout = TestService.Patience };
        var binary = CopyOf(guard);

        var upgrades = Task.Run(async () =>
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(0, (await guard.CtlAsync(Ct, "upgrade", "--binary", binary)).Code);
        }, Ct);
        var answered = 0;
        while (!upgrades.IsCompleted)
        {
            Assert.Equal("release 1", await client.GetStringAsync(new Uri($"http://127.0.0.1:{unit.Ports[0].Port}/"), Ct));
            answered++;
        }

        await upgrades;
        Assert.True(answered > 3);
    }

    // The managed build is a folder, so all of it is copied where that is what is tested.
    private static string CopyOf(GuardProcess guard)
    {
        var source = GuardProcess.Binary();
        var folder = Directory.CreateDirectory(Path.Combine(guard.DataFolder, "new"));
        foreach (var file in File.Exists(source + ".dll") ? Directory.GetFiles(Path.GetDirectoryName(source)!) : [source])
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        return Path.Combine(folder.FullName, "myapp-guard");
    }

    private static async Task<List<string>> LogAsync(GuardProcess guard)
    {
        var lines = new List<string>();
        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, "access", 100_000, false, Ct))
            lines.Add(line.Text);
        return lines;
    }
}
