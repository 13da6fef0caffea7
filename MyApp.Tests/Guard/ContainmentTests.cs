using System.Globalization;
using System.Text.Json.Nodes;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>What an instance can't get out of: its limits and its tree.</summary>
public sealed class ContainmentTests
{
    private const long MiB = 1024 * 1024;

    // Leaves its parent, its group and its session, ignores SIGTERM, and tells its pid.
    private const string Runaway = "setsid sh -c 'trap \"\" TERM; (setsid sh -c \"trap : TERM; echo \\$\\$; while :; do sleep 0.05; done\" &); exit' & ";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_BeyondTheLimit_IsNamedAsTheCause()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/usr/bin/perl", ["-e", "$x = 'a' x (200 << 20); sleep 1000"], new ResourceLimits { MemoryLimitBytes = 48 * MiB });

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.StartsWith("killed by SIGKILL: out of memory (limit 48 MiB)", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_BeyondTheLimitInAChild_IsNamedToo()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "/usr/bin/perl -e '$x = \"a\" x (200 << 20); sleep 1000'; exit 3");
        await ApplyLimitedAsync(guard, script, [], new ResourceLimits { MemoryLimitBytes = 48 * MiB });

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.StartsWith("exit 3: out of memory (limit 48 MiB)", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_AreThoseTheKernelHas()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/bin/sleep", ["1000"], new ResourceLimits
        {
            MemoryLimitBytes = 64 * MiB, MemoryRequestBytes = 32 * MiB, CpuLimitMillicores = 500, CpuRequestMillicores = 2000, Pids = 20, Files = 99,
        });
        var instance = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        var pid = instance.Pid!.Value;

        Assert.Equal("67108864", Cgroups.Read(pid, "memory", "memory.max", "memory.limit_in_bytes"));
        Assert.Equal("33554432", Cgroups.Read(pid, "memory", "memory.low", "memory.soft_limit_in_bytes"));
        Assert.Equal("20", Cgroups.Read(pid, "pids", "pids.max", "pids.max"));
        Assert.Contains(Cgroups.Read(pid, "cpu", "cpu.max", "cpu.cfs_quota_us"), new[] { "50000 100000", "50000" });
        Assert.Contains(Cgroups.Read(pid, "cpu", "cpu.weight", "cpu.shares"), new[] { "200", "2048" });
        Assert.All(["tree", "memory", "cpu", "pids", "rlimit: files"], w => Assert.Contains(w, instance.Enforcement, StringComparison.Ordinal));
        Assert.InRange(instance.MemoryBytes!.Value, 1, 64 * MiB);
    }

    [Fact]
    public async Task ForkBomb_StaysWithinItsPidsAndDiesWhole()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        await using var guard = await GuardProcess.StartAsync(Ct);
        await ApplyLimitedAsync(guard, "/usr/bin/perl", ["-e", "$SIG{TERM} = 'IGNORE'; while (1) { fork() // select(undef, undef, undef, 0.01) }"], new ResourceLimits { Pids = 40 });
        var pid = (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid!.Value;
        await Eventually.TrueAsync(
            () => Cgroups.Read(pid, "pids", "pids.current", "pids.current") == "40", $"40 processes: {Cgroups.Read(pid, "pids", "pids.current", "pids.current")}", TestService.Patience, Ct);
        var folder = Cgroups.Tree(pid);
        var bombs = Cgroups.Pids(folder);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.True(bombs.Count >= 20);
        Assert.All(bombs, b => Assert.False(TestService.IsRunning(b)));
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Runaway_DoesNotSurviveTheStop(bool unprivileged)
    {
        await using var guard = await StartAsync(unprivileged);
        var pid = await StartRunawayAsync(guard);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Runaway_DoesNotSurviveTheDeathOfItsLeader(bool unprivileged)
    {
        await using var guard = await StartAsync(unprivileged);
        var pid = await StartRunawayAsync(guard);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    [Fact]
    public async Task Runaway_OfAnAdoptedLeader_DoesNotSurviveEither()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var pid = await StartRunawayAsync(guard);
        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.False(TestService.IsRunning(pid));
    }

    [Fact]
    public async Task UnprivilegedGuard_RefusesWhatItCannotEnforce_AndSaysWhy()
    {
        await using var guard = await StartAsync(unprivileged: true);
        var refused = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(
            TestService.Unit("/bin/true") with { Resources = new ResourceLimits { MemoryLimitBytes = 64 * MiB, Pids = 5 } }, Ct));

        Assert.Equal("unsupported", refused.Code);
        Assert.All(["resources.memoryLimitBytes (", "resources.pids ("], w => Assert.Contains(w, refused.Message, StringComparison.Ordinal));
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

    private static async Task<GuardProcess> StartAsync(bool unprivileged)
    {
        Assert.SkipUnless(!unprivileged || Environment.IsPrivilegedProcess, "needs root to become someone else");
        return await GuardProcess.StartThroughAsync(unprivileged ? ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] : [], Ct);
    }

    // Hosts differ in what they let the guard limit; that it says so is another test's.
    private static async Task ApplyLimitedAsync(GuardProcess guard, string executable, IReadOnlyList<string> args, ResourceLimits limits)
    {
        try
        {
            await guard.Client.ApplyAsync(TestService.Unit(executable) with { Args = args, Resources = limits }, Ct);
        }
        catch (GuardException e) when (e.Code == "unsupported")
        {
            Assert.Skip(e.Message);
        }
    }

    private static async Task<int> StartRunawayAsync(GuardProcess guard)
    {
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", Runaway + "exec sleep 1000")) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(1) } }, Ct);
        return await FirstPidAsync(guard);
    }

    private static async Task<int> FirstPidAsync(GuardProcess guard) =>
        int.Parse((await guard.UntilAsync(i => i.LastLines.Count > 0, Ct)).LastLines[0], CultureInfo.InvariantCulture);
}
