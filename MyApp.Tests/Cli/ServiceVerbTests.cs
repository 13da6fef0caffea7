using MyApp.Cli;
using MyApp.Cli.Commands;
using MyApp.Cli.Remote;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Guard;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary><c>start</c>, <c>stop</c> and <c>restart</c> on a real guard: what they say is what has come of it.</summary>
public sealed class ServiceVerbTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Restart_OfCopiesThatComeUp_EndsWhenAllAreReadyAgain()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var ready = Path.Combine(guard.DataFolder, "ready");
        await guard.Client.ApplyAsync(
            TestService.Unit(guard.Script("run", $"trap 'rm -f {ready}; exit 0' TERM; sleep 0.5; touch {ready}; while :; do sleep 0.05; done")) with
            {
                User = Environment.IsPrivilegedProcess ? "root" : null,
                Startup = new Probe { Exec = ["/usr/bin/test", "-e", ready], Period = TimeSpan.FromMilliseconds(100) },
            },
            Ct);
        var before = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        var run = await ExpectAsync(guard, ExitCode.Ok, "restart");

        Assert.Equal("probe-me in test: restarted\n", run.Out);
        var after = await guard.InstanceAsync(1, Ct);
        Assert.True(after.Ready && after.Pid != before.Pid, $"{after}");
    }

    [Fact]
    public async Task Restart_OfWhatFailsNow_SaysWhyAndIsExitCode4()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var broken = Path.Combine(guard.DataFolder, "broken");
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", $"test -e {broken} && exit 78; echo up; exec sleep 1000")) with { Replicas = 2 }, Ct);
        await Eventually.TrueAsync(async () => (await InstancesAsync(guard)).All(i => i.LastLines.Count == 1), "both are up", TestService.Patience, Ct);
        await File.WriteAllBytesAsync(broken, [], Ct);

        var run = await ExpectAsync(guard, ExitCode.Unhealthy, "restart");

        Assert.Equal("myapp: probe-me in test: probe-me-test-1.0 did not come up: exit 78 (EX_CONFIG): will not be restarted; 'myapp why probe-me' tells more\n", run.Error);
        Assert.True((await InstancesAsync(guard))[1].Ready, $"{guard.Journal}");
    }

    [Fact]
    public async Task StopAndStart_OfAService_EndWhenItIsSo()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await ExpectAsync(guard, ExitCode.Ok, "stop", "--yes");
        Assert.Equal(InstanceState.Stopped, (await guard.InstanceAsync(1, Ct)).State);
        await ExpectAsync(guard, ExitCode.Ok, "start");
        Assert.True((await guard.InstanceAsync(1, Ct)).Ready);

        // Nothing is to be done, and nothing to be waited for.
        await ExpectAsync(guard, ExitCode.Ok, "start");
    }

    [Theory]
    [InlineData("exit 0", null)]
    [InlineData("exec sleep 1000", null)]
    [InlineData("exit 0", "30 2 * * *")]
    public async Task Restart_OfAJob_IsNotWaitedForToBeReady(string program, string? schedule)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", program)) with
        {
            Job = new JobRule { Schedule = schedule }, Restart = new RestartRule { Policy = RestartPolicy.OnFailure },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilAsync(i => i.State is InstanceState.Stopped or InstanceState.Running || i.NextStart is not null, Ct);

        Assert.StartsWith("probe-me in test: restarted", (await ExpectAsync(guard, ExitCode.Ok, "restart")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrival_OfWhatNeverChanges_EndsWithPatience()
    {
        await using var plane = await FakeControlPlane.StartAsync();
        plane.Services.Add(Samples.Orders);
        await using var control = new ControlPlaneClient(new ApiConnection(new Uri(plane.Address), TimeProvider.System));
        var clock = new FakeClock();
        var arrival = new ServiceArrival(Samples.Orders, ServiceVerb.Restart);

        var waiting = arrival.WaitAsync(control, clock, Ct);
        await Eventually.TrueAsync(
            () =>
            {
                if (clock.Timers > 0)
                    clock.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            },
            "it ends", TestService.Patience, Ct);

        Assert.False(arrival.HasArrived(await waiting));
        Assert.Null(arrival.Failed(await waiting));
    }

    private static async Task<IReadOnlyList<InstanceStatus>> InstancesAsync(GuardProcess guard) =>
        (await guard.Client.StatusAsync(TestService.Name, TestService.Environment, Ct)).Units.Single().Instances;

    private static async Task<CliRun> ExpectAsync(GuardProcess guard, int exitCode, string verb, params string[] more)
    {
        var run = new CliRun { Variables = { ["MYAPP_DATA"] = guard.DataFolder, ["NO_COLOR"] = "1" } };
        var exit = await run.RunAsync(Ct, [verb, TestService.Name, "--local", "--env", TestService.Environment, .. more]);
        Assert.True(exit == exitCode, $"myapp {verb} ended with {exit}:\n{run.Out}{run.Error}\n{guard.Journal}");
        return run;
    }
}
