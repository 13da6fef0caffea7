using System.Globalization;
using System.Text.Json.Nodes;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Nothing of an instance gets away, whatever it does and whatever the host offers to hold it.</summary>
public sealed class ContainmentTests
{
    // Hosts that can be had here: with all this one has, and with less of it in a mount namespace of the guard's own.
    private const string AsItIs = "as it is";
    private const string Version1 = "version 1 alone";
    private const string NoGroups = "no control groups";
    private const string Unprivileged = "a guard that is not root";

    // Leaves its parent, its group and its session, ignores SIGTERM, and tells its pid.
    private const string Runaway = "setsid sh -c 'trap \"\" TERM; (setsid sh -c \"trap : TERM; echo \\$\\$; while :; do sleep 0.05; done\" &); exit' & ";

    // As that one, with memory that takes the kernel some 50 ms to take back.
    private const string Large = "(setsid setsid /usr/bin/perl -e '$SIG{TERM} = \"IGNORE\"; $| = 1; my $held = \"x\" x 500e6; print \"$$\\n\"; sleep 1000' &) ; ";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AsItIs)]
    [InlineData(Version1)]
    [InlineData(NoGroups)]
    [InlineData(Unprivileged)]
    public async Task Runaway_DoesNotSurviveTheStop(string host)
    {
        await using var guard = await StartAsync(host);
        var pid = await StartRunawayAsync(guard);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    [Theory]
    [InlineData(AsItIs)]
    [InlineData(Version1)]
    [InlineData(NoGroups)]
    [InlineData(Unprivileged)]
    public async Task Runaway_DoesNotSurviveTheDeathOfItsLeader(string host)
    {
        await using var guard = await StartAsync(host);
        var pid = await StartRunawayAsync(guard);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);

        Assert.False(TestService.IsRunning(pid));
        // A control group that was killed kills what is born in it; see InstanceCgroup.
        Assert.Equal(1, second.Restarts);
    }

    [Theory]
    [InlineData(AsItIs)]
    [InlineData(Version1)]
    [InlineData(NoGroups)]
    [InlineData(Unprivileged)]
    public async Task Runaway_OfAnAdoptedLeader_DoesNotSurviveEither(string host)
    {
        await using var guard = await StartAsync(host);
        var pid = await StartRunawayAsync(guard);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    // While the kernel takes back its memory a process has no environment any more, but still its descriptors.
    [Theory]
    [InlineData(AsItIs)]
    [InlineData(Version1)]
    [InlineData(NoGroups)]
    [InlineData(Unprivileged)]
    public async Task Runaway_ThatTakesLongToDie_IsWaitedFor(string host)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await StartAsync(host);
        var pid = await StartRunawayAsync(guard, Large);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    [Fact]
    public async Task Instance_WhoseProgramHasEnded_IsNotReadyWhileSomethingOfItIsLeft()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var left = await StartRunawayAsync(guard);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        var ending = await guard.UntilAsync(i => i.State != InstanceState.Ready, Ct);
        var second = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        Assert.Equal((InstanceState.Stopping, false, "the end of what its program has left running"), (ending.State, ending.Ready, ending.WaitsFor));
        Assert.NotEqual(first.Pid, second.Pid);
        Assert.False(TestService.IsRunning(left));
    }

    [Fact]
    public async Task Instance_ThatEndedWhileNoGuardWasThere_IsNeverCalledReady()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit("/bin/sleep") with { Args = ["1000"] }, Ct);
        var pid = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        await guard.CrashAsync(Ct);
        Signals.Send(pid, Signals.Kill);
        await Eventually.TrueAsync(() => !TestService.IsRunning(pid), $"{pid} has ended", TestService.Patience, Ct);

        await guard.StartAgainAsync(Ct);

        var now = (await guard.Client.StatusAsync(TestService.Name, null, Ct)).Units.Single().Instances[0];
        Assert.False(now.Ready && now.Pid == pid, $"{now}");
    }

    [Fact]
    public async Task Orphans_ThatEnd_AreReaped()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "(setsid sh -c 'echo $$; exec sleep 0.2' &); exec sleep 1000")), Ct);
        var orphan = await FirstPidAsync(guard);

        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{orphan}"), $"process {orphan} is gone, not a zombie", TestService.Patience, Ct);
    }

    [Fact]
    public async Task AdoptedInstance_ThatExits_HasItsCauseKnown()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var go = Path.Combine(guard.DataFolder, "go");
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", $"[ -e {go} ] && exec sleep 1000; while [ ! -e {go} ]; do sleep 0.02; done; exit 42")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await File.WriteAllLinesAsync(go, [], Ct);

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.StartsWith("exit 42", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeftOver_OfAUnitNobodyKnowsAnyMore_IsEnded()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit("/bin/sleep") with { Args = ["1000"] }, Ct);
        var pid = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        var folder = Cgroups.Tree(pid);
        await guard.CrashAsync(Ct);
        Directory.Delete(Path.Combine(guard.DataFolder, "guard", "units", TestService.Environment), recursive: true);

        await guard.StartAgainAsync(Ct);

        await Eventually.TrueAsync(() => !TestService.IsRunning(pid) && !Directory.Exists(folder), $"{pid} and {folder} are gone", TestService.Patience, Ct);
    }

    [Fact]
    public async Task Instance_OfAUnitFileThatCannotBeRead_IsLeftAlone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit("/bin/sleep") with { Args = ["1000"] }, Ct);
        var pid = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        var file = Directory.GetFiles(Path.Combine(guard.DataFolder, "guard", "units"), "*.json", SearchOption.AllDirectories).Single();
        var lines = await File.ReadAllLinesAsync(file, Ct);
        await guard.CrashAsync(Ct);
        await File.WriteAllLinesAsync(file, ["{"], Ct);
        await guard.StartAgainAsync(Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Ct);
        Assert.True(TestService.IsRunning(pid));
        await guard.CrashAsync(Ct);
        await File.WriteAllLinesAsync(file, lines, Ct);

        await guard.StartAgainAsync(Ct);

        Assert.Equal(pid, (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid);
    }

    [Fact]
    public async Task Process_WithTheRecordedPidButAnotherStart_IsNotTouched()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit("/bin/sleep") with { Args = ["1000"] }, Ct);
        var ours = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        await guard.CrashAsync(Ct);
        Signals.Send(ours, Signals.Kill);
        await using var stranger = ToolProcess.Start("/bin/sh", ["-c", "exec setsid -w sleep 1000"]);
        var record = Directory.GetFiles(Path.Combine(guard.DataFolder, "guard", "instances"), "*.json", SearchOption.AllDirectories).Single();
        var state = JsonNode.Parse(await File.ReadAllTextAsync(record, Ct))!;
        state["state"]!["process"]!["pid"] = stranger.Pid;
        await File.WriteAllLinesAsync(record, [state.ToJsonString()], Ct);

        await guard.StartAgainAsync(Ct);
        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid is { } p && p != stranger.Pid, Ct);
        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.True(TestService.IsRunning(stranger.Pid));
    }

    [Fact]
    public async Task Guard_OutOfDescriptors_KeepsWhatRunsAndRecovers()
    {
        await using var guard = await GuardProcess.StartThroughAsync(["/bin/sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"], Ct);
        Unit Named(int number) => TestService.Unit("/bin/sleep") with { Service = $"many-{number}", Release = $"many-{number}-1", Args = ["1000"] };
        await guard.Client.ApplyAsync(Named(1), Ct);
        var last = 1;
        var refused = await Assert.ThrowsAsync<GuardException>(async () =>
        {
            while (last < 50)
                await guard.Client.ApplyAsync(Named(++last), Ct);
        });
        Assert.Contains("Too many open files", refused.Message, StringComparison.Ordinal);
        var first = (await guard.Client.StatusAsync("many-1", null, Ct)).Units.Single().Instances[0];

        for (var number = 2; number <= last; number++)
            await guard.Client.RemoveAsync($"many-{number}", TestService.Environment, $"many-{number}-1", Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        await Eventually.TrueAsync(
            async () => (await guard.Client.StatusAsync("many-1", null, Ct)).Units.Single().Instances[0] is { State: InstanceState.Ready } now && now.Pid != first.Pid,
            $"the first is up again: {guard.Journal}", TestService.Patience, Ct);
    }

    private static async Task<GuardProcess> StartAsync(string host)
    {
        Assert.SkipUnless(host == AsItIs || Environment.IsPrivilegedProcess, "needs root");
        Assert.SkipUnless(host is not (Version1 or NoGroups) || File.Exists("/usr/bin/unshare"), "needs unshare(1)");
        Assert.SkipUnless(host != Version1 || Directory.Exists("/sys/fs/cgroup/freezer"), "this host has no control groups of version 1");
        string[] runner = host switch
        {
            Unprivileged => ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"],
            Version1 => ["unshare", "-m", "/bin/sh", "-c", "umount /sys/fs/cgroup/unified; exec \"$@\"", "sh"],
            NoGroups => ["unshare", "-m", "/bin/sh", "-c", "umount -R -l /sys/fs/cgroup; exec \"$@\"", "sh"],
            _ => [],
        };
        return await GuardProcess.StartThroughAsync(runner, Ct);
    }

    private static async Task<int> StartRunawayAsync(GuardProcess guard, string runaway = Runaway)
    {
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", runaway + "exec sleep 1000")) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(1) } }, Ct);
        return await FirstPidAsync(guard);
    }

    private static async Task<int> FirstPidAsync(GuardProcess guard) =>
        int.Parse((await guard.UntilAsync(i => i.LastLines.Count > 0, Ct)).LastLines[0], CultureInfo.InvariantCulture);
}
