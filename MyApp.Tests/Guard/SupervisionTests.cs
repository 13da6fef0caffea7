using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Starting, stopping and restarting of real processes.</summary>
public sealed class SupervisionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_KilledFromOutside_IsRestartedWithBackoff()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);

        Assert.Equal(1, second.Restarts);
        Assert.Equal("killed by SIGKILL", second.LastExit);
    }

    [Fact]
    public async Task Instance_ExitsWithConfigError_IsNotRestarted()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "echo the port is no number >&2; exit 78")), Ct);

        var instance = await guard.UntilStateAsync(InstanceState.Failed, Ct);

        Assert.Equal("exit 78 (EX_CONFIG): will not be restarted", instance.LastExit);
        Assert.Equal(["the port is no number"], instance.LastLines);
        Assert.Equal(0, instance.Restarts);
    }

    [Theory]
    [InlineData("missing", "ENOENT: there is no file")]
    [InlineData("closed", "EACCES:")]
    [InlineData("foreign", "ENOEXEC:", "built for ELF machine 21")]
    [InlineData("nonsense", "neither a binary nor a script")]
    [InlineData("no-interpreter", "its interpreter or loader is not")]
    public async Task Program_ThatCannotBeExecuted_FailsAndSaysWhy(string name, params string[] words)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        WriteBroken(guard, "closed", [0x23], executable: false);
        WriteBroken(guard, "foreign", [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 21, 0, .. new byte[64]]);
        WriteBroken(guard, "nonsense", [1, 2, 3, 4, .. new byte[64]]);
        WriteBroken(guard, "no-interpreter", "#!/no/such/interpreter\n"u8.ToArray());
        await guard.Client.ApplyAsync(TestService.Unit(Path.Combine(guard.DataFolder, name)), Ct);

        var instance = await guard.UntilStateAsync(InstanceState.Failed, Ct);

        Assert.All(words, w => Assert.Contains(w, instance.LastExit, StringComparison.Ordinal));
        Assert.EndsWith("will not be restarted", instance.LastExit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instance_ThatKeepsFailing_IsNamedCrashLoopWithItsLastLines()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "echo no database; exit 3")) with
        {
            Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(20), Max = TimeSpan.FromSeconds(30) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilStateAsync(InstanceState.CrashLoop, Ct);

        Assert.StartsWith("exit 3; crash loop:", instance.LastExit, StringComparison.Ordinal);
        Assert.NotNull(instance.NextStart);
        Assert.Contains("no database", instance.LastLines);
    }

    [Fact]
    public async Task Stop_OfAProgramThatIgnoresSigterm_KillsItAfterTheGrace()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "trap '' TERM; echo up; while :; do sleep 0.1; done"));
        await guard.Client.ApplyAsync(unit with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(1) } }, Ct);
        var running = await guard.UntilAsync(i => i.Pid is not null && i.LastLines.Contains("up"), Ct);
        var begin = TimeProvider.System.GetTimestamp();

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.InRange(TimeProvider.System.GetElapsedTime(begin), TimeSpan.FromSeconds(1), TestService.Patience);
        var instance = await guard.InstanceAsync(1, Ct);
        Assert.Equal((InstanceState.Stopped, "killed by SIGKILL: stopped on request"), (instance.State, instance.LastExit));
        Assert.False(TestService.IsRunning(running.Pid!.Value));
    }

    [Fact]
    public async Task Stop_OfAScriptWithChildren_LeavesNoneOfThem()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo child $!; sleep 1000 & echo child $!; wait");
        var unit = TestService.Unit(script) with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(1) } };
        await guard.Client.ApplyAsync(unit, Ct);
        var instance = await guard.UntilAsync(i => i.LastLines.Count == 2, Ct);
        var children = instance.LastLines.Select(l => int.Parse(l["child ".Length..], CultureInfo.InvariantCulture)).ToList();
        Assert.All(children, c => Assert.True(TestService.IsRunning(c)));

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        Assert.All(children, c => Assert.False(TestService.IsRunning(c)));
    }

    [Fact]
    public async Task Instance_UnderRoot_RunsAsAUserOfItsOwnWithAPrivateHome()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "id -u; id -G; echo $HOME; stat -c %u:%a $HOME; env | cut -d= -f1 | sort | tr '\\n' ' '; echo; exec sleep 1000");
        await guard.Client.ApplyAsync(TestService.Unit(script), Ct);

        var lines = (await guard.UntilAsync(i => i.LastLines.Count == 5, Ct)).LastLines;

        Assert.InRange(int.Parse(lines[0], CultureInfo.InvariantCulture), 61184, 65519);
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal(Path.Combine(guard.DataFolder, "services", TestService.Name, "home"), lines[2]);
        Assert.Equal($"{lines[0]}:700", lines[3]);
        Assert.Equal("HOME PATH PWD", lines[4].Replace("_ ", "", StringComparison.Ordinal).Trim());
    }

    [Fact]
    public async Task Instance_WithAUserAndLimits_HasThem()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "id -un; ulimit -n; umask; grep SigIgn /proc/self/status; echo $0 $1; exec sleep 1000");
        var unit = TestService.Unit(script) with { User = "nobody", Args = ["${instance} a  b"], Resources = new ResourceLimits { Files = 4321 } };
        await guard.Client.ApplyAsync(unit, Ct);

        var lines = (await guard.UntilAsync(i => i.LastLines.Count == 5, Ct)).LastLines;

        Assert.Equal(["nobody", "4321", "0027"], lines.Take(3));
        // Bit 12 is SIGPIPE, which the runtime ignores; a program must find the default.
        Assert.Equal(0UL, Convert.ToUInt64(lines[3].Split('\t')[1], 16) & 0x7fff);
        Assert.EndsWith($"run {TestService.Name}-{TestService.Environment}-1.0 a b", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ThatSucceedsUnderOnFailure_StaysStopped()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "echo done")) with { Restart = new RestartRule { Policy = RestartPolicy.OnFailure } };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilStateAsync(InstanceState.Stopped, Ct);

        Assert.Equal("exit 0: completed", instance.LastExit);
    }

    [Fact]
    public async Task Restart_OnRequest_MakesANewProcessAndCountsNothing()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
        Assert.Equal((0, "killed by SIGTERM: restarted on request"), (second.Restarts, second.LastExit));
    }

    [Fact]
    public async Task Status_OfARunningInstance_TellsMemoryOfItsGroup()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "while :; do :; done")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        var instance = await guard.UntilAsync(i => i.CpuPercent > 1, Ct);

        Assert.InRange(instance.MemoryBytes!.Value, 100_000, 50_000_000);
    }

    private static void WriteBroken(GuardProcess guard, string name, byte[] content, bool executable = true)
    {
        var path = Path.Combine(guard.DataFolder, name);
        using (var file = File.Create(path))
            file.Write(content);
        File.SetUnixFileMode(path, (UnixFileMode)(executable ? 0b111_101_101 : 0b110_100_100));
    }
}
