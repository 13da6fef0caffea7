using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class LifecycleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_ThatHadBeenReadyAndIsKilled_IsBackWithoutAPause()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with
        {
            Restart = new RestartRule { Initial = TimeSpan.FromMinutes(10), Max = TimeSpan.FromMinutes(10) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        Signals.Send(first.Pid!.Value, Signals.Kill);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);
        Assert.Equal((1, "killed by SIGKILL"), (second.Restarts, second.LastExit));
        Signals.Send(second.Pid!.Value, Signals.Kill);
        Assert.NotNull((await guard.UntilStateAsync(InstanceState.Backoff, Ct)).NextStart);
    }

    [Fact]
    public async Task Stop_WithAPreStopProgram_RunsItBeforeSigterm()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "trap 'echo terminated; exit 0' TERM; echo up; while :; do sleep 0.05; done")) with
        {
            Stop = new StopRule { PreStop = [guard.Script("pre-stop", "echo \"pre-stop $1 $GREETING\""), "${instance}"] },
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["GREETING"] = "hello" },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.LastLines.Contains("up"), Ct);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        var instance = await guard.InstanceAsync(1, Ct);
        // The shell itself may say of its sleep that it was terminated.
        string[] said = ["up", $"pre-stop {unit.Release}.0 hello", "terminated"];
        Assert.Equal(said, instance.LastLines.Where(said.Contains));
        Assert.Equal("exit 0: stopped on request", instance.LastExit);
    }

    [Fact]
    public async Task Stop_WithAPreStopProgramThatHangs_EndsWithTheGrace()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "echo up; exec sleep 1000")) with
        {
            Stop = new StopRule { PreStop = ["/bin/sleep", "1000"], Grace = TimeSpan.FromSeconds(1) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.LastLines.Contains("up"), Ct);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct).WaitAsync(TestService.Patience, Ct);

        Assert.Equal("killed by SIGKILL: stopped on request", (await guard.InstanceAsync(1, Ct)).LastExit);
    }

    [Theory]
    [InlineData("exec sleep 1000", false)]
    [InlineData("exec sleep 1000", true)]
    [InlineData("while [ ! -e DATA/begun ]; do sleep 0.05; done", false)]
    public async Task PreStopProgram_ThatHangs_EndsWithItsInstance(string program, bool guardIsKilled)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var begun = Path.Combine(guard.DataFolder, "begun");
        var unit = TestService.Unit(guard.Script("run", $"echo up; {program.Replace("DATA", guard.DataFolder, StringComparison.Ordinal)}")) with
        {
            User = Environment.IsPrivilegedProcess ? "root" : null,
            Stop = new StopRule { PreStop = [guard.Script("pre-stop", $"trap '' TERM; echo $$ > {begun}.new; mv {begun}.new {begun}; while :; do sleep 0.05; done")], Grace = TimeSpan.FromSeconds(3) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.LastLines.Contains("up"), Ct);

        var stopped = guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);
        await Eventually.TrueAsync(() => File.Exists(begun), "the pre-stop program runs", TestService.Patience, Ct);
        var pid = int.Parse(await File.ReadAllTextAsync(begun, Ct), CultureInfo.InvariantCulture);
        if (guardIsKilled)
        {
            await guard.CrashAsync(Ct);
            await Assert.ThrowsAnyAsync<Exception>(() => stopped);
            await guard.StartAgainAsync(Ct);
        }
        else
        {
            await stopped.WaitAsync(TestService.Patience, TimeProvider.System, Ct);
        }

        await guard.UntilStateAsync(InstanceState.Stopped, Ct);
        Assert.True(ProcStat.Of(pid) is null or { IsZombie: true }, "the pre-stop program runs");
    }

    [Fact]
    public async Task Stop_WithQuitAsked_SendsSigquitBeforeTheKill()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        // On the other pipe the shell would say that its sleep was quit, before or after.
        var unit = TestService.Unit(guard.Script("run", "exec 2>/dev/null; trap '' TERM; trap 'echo goroutines; exit 2' QUIT; echo up; while :; do sleep 0.05; done")) with
        {
            Stop = new StopRule { Quit = true, Grace = StopRule.QuitBefore + TimeSpan.FromMilliseconds(500) },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.LastLines.Contains("up"), Ct);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        var instance = await guard.InstanceAsync(1, Ct);
        Assert.Equal(("exit 2: stopped on request", "goroutines"), (instance.LastExit, instance.LastLines[^1]));
    }

    [Fact]
    public async Task Job_ThatFails_IsTriedAsOftenAsItsRuleSays()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "echo try; exit 3")) with
        {
            Job = new JobRule { Retries = 2 },
            Restart = new RestartRule { Policy = RestartPolicy.OnFailure, Initial = TimeSpan.FromMilliseconds(20) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilStateAsync(InstanceState.Failed, Ct);

        Assert.Equal(("exit 3; given up after 3 tries", 2, false), (instance.LastExit, instance.Restarts, instance.Completed));
        Assert.Equal(["try", "try", "try"], instance.LastLines);
    }

    [Fact]
    public async Task Job_OnASchedule_WaitsForItsTimeAndRunsWhenAsked()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "echo ran")) with
        {
            Job = new JobRule { Schedule = "0 0 1 1 *", TimeZone = "Europe/Berlin" }, Restart = new RestartRule { Policy = RestartPolicy.OnFailure },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var waiting = await guard.UntilAsync(i => i.NextStart is not null, Ct);
        Assert.Equal((InstanceState.Waiting, "its next time"), (waiting.State, waiting.WaitsFor));
        var local = TimeZoneInfo.ConvertTime(waiting.NextStart!.Value, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal((1, 1, 0, 0), (local.Month, local.Day, local.Hour, local.Minute));
        await guard.Client.StartAsync(TestService.Name, TestService.Environment, Ct);

        var ran = await guard.UntilAsync(i => i.Completed, Ct);
        Assert.Equal((InstanceState.Waiting, "exit 0: completed"), (ran.State, ran.LastExit));
        Assert.Equal(waiting.NextStart, ran.NextStart);
    }

    [Fact]
    public async Task Stop_RightAfterARestart_IsTheLastWord()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "trap 'sleep 0.05; exit 0' TERM; while :; do sleep 0.01; done")), Ct);
        for (var round = 0; round < 20; round++)
        {
            await guard.Client.StartAsync(TestService.Name, TestService.Environment, Ct);
            await guard.UntilStateAsync(InstanceState.Ready, Ct);
            await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);

            await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct).WaitAsync(TestService.Patience, TimeProvider.System, Ct);

            Assert.Equal(InstanceState.Stopped, (await guard.InstanceAsync(1, Ct)).State);
        }
    }

    [Theory]
    [InlineData(1, 0, 2)]
    [InlineData(0, 1, 3)]
    public async Task Restart_OfSeveralCopies_KeepsEnoughOfThemReady(int unavailable, int surge, int least)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with { Replicas = 3, Rolling = new RollingRule { MaxUnavailable = unavailable, MaxSurge = surge } };
        await guard.Client.ApplyAsync(unit, Ct);
        var old = await UntilAllAsync(guard, all => all.Count == 3 && all.All(i => i.Ready));

        await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);

        var fewest = 3;
        await UntilAllAsync(guard, all =>
        {
            fewest = Math.Min(fewest, all.Count(i => i.Ready));
            return all.Count == 3 && all.All(i => i.Ready) && !all.Select(i => i.Pid).Intersect(old.Select(i => i.Pid)).Any();
        });
        Assert.True(fewest >= least, $"only {fewest} copies were ready at one time");
    }

    [Fact]
    public async Task Restart_OfCopiesThatHaveFailed_StartsThemAll()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var mended = Path.Combine(guard.DataFolder, "mended");
        var unit = TestService.Unit(guard.Script("run", $"test -e {mended} || exit 78; exec sleep 1000")) with { Replicas = 3 };
        await guard.Client.ApplyAsync(unit, Ct);
        await UntilAllAsync(guard, all => all.All(i => i.State == InstanceState.Failed));
        await File.WriteAllBytesAsync(mended, [], Ct);

        await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);

        await UntilAllAsync(guard, all => all.All(i => i.Ready));
    }

    [Fact]
    public async Task Restart_WhileAnEarlierOneWaitsForWhatNeverComes_IsDone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with { Readiness = new Probe { Exec = ["/bin/false"] } };
        await guard.Client.ApplyAsync(unit, Ct);
        var pid = (await guard.UntilAsync(i => i.State == InstanceState.Running, Ct)).Pid;

        for (var round = 0; round < 3; round++)
        {
            await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);
            var before = pid;
            pid = (await guard.UntilAsync(i => i.State == InstanceState.Running && i.Pid != before, Ct)).Pid;
        }
    }

    [Theory]
    [InlineData("exit 0", "30 2 * * *")]
    [InlineData("exit 0", null)]
    [InlineData("exec sleep 1000", null)]
    public async Task Restart_OfAJob_RunsItAgainEachTime(string program, string? schedule)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", $"echo run; {program}")) with
        {
            Job = new JobRule { Schedule = schedule }, Restart = new RestartRule { Policy = RestartPolicy.OnFailure },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = schedule is null ? 1 : 0;
        await RunsAsync(first);

        for (var round = 1; round <= 3; round++)
        {
            await guard.Client.RestartAsync(TestService.Name, TestService.Environment, Ct);
            await RunsAsync(first + round);
        }

        Assert.DoesNotContain(guard.Journal.All, line => line.Contains("did not come back", StringComparison.Ordinal));

        async Task RunsAsync(int count) => await guard.UntilAsync(i => i.LastLines.Count == count && (i.State == InstanceState.Running) == program.StartsWith("exec", StringComparison.Ordinal), Ct);
    }

    private static async Task<IReadOnlyList<InstanceStatus>> UntilAllAsync(GuardProcess guard, Func<IReadOnlyList<InstanceStatus>, bool> condition)
    {
        IReadOnlyList<InstanceStatus> last = [];
        await Eventually.TrueAsync(
            async () => condition(last = (await guard.Client.StatusAsync(TestService.Name, TestService.Environment, Ct)).Units.Single().Instances),
            $"the copies are as wanted\n{guard.Journal}", TestService.Patience, Ct);
        return last;
    }
}
