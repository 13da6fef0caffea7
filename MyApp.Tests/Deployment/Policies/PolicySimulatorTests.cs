using MyApp.Deployment.Policies;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Deployment.Policies;

public sealed class PolicySimulatorTests
{
    private static readonly Unit Service = new()
    {
        Service = "orders", Environment = "dev", Release = "orders-dev-1", Executable = "/bin/orders", Startup = new() { Notify = true },
        // Some that would keep a start waiting.
        DependsOn = [new() { Name = "db", Check = "tcp://127.0.0.1:1" }], Heartbeat = new(TimeSpan.FromSeconds(1)),
    };

    private static readonly Unit Job = Service with { Job = new() { Schedule = "0 3 * * *", Retries = 2 }, Restart = new() { Policy = RestartPolicy.OnFailure } };

    [Fact]
    public void Guard_FirstFailureOfOneThatWasReady_IsRestartedAtOnceAndThenByTheFormula() =>
        Assert.Equal([0, 500, 1000, 2000], Pauses(Service, "1@5s*4", "guard"));

    [Fact]
    public void Guard_FailureOfOneThatWasNeverReady_Waits() => Assert.Equal([500, 1000], Pauses(Service, "1@5s*2:unready", "guard"));

    [Fact]
    public void Guard_ByChance_StretchesAPauseByAFifth()
    {
        var pause = Run(Service, "1@1s:unready", "guard").Runs[0].Pause!;

        Assert.Equal((400, 500, 600), (pause.Least.TotalMilliseconds, pause.Middle.TotalMilliseconds, pause.Most.TotalMilliseconds));
    }

    [Fact]
    public void Guard_FifthExitWithoutReady_IsNamedACrashLoopAndToldOnce()
    {
        var runs = Run(Service, "1@1s*7:unready", "guard").Runs;

        Assert.Equal([5, 6, 7], runs.Where(run => run.CrashLoop).Select(run => run.Number));
        Assert.Equal([5], runs.Where(run => run.Alert).Select(run => run.Number));
    }

    [Fact]
    public void Guard_LongReady_BeginsAnew() => Assert.Equal([0, 500, 0, 500], Pauses(Service, "1@5s*2,1@2m,1@5s", "guard"));

    [Theory]
    [InlineData("guard")]
    [InlineData("systemd")]
    [InlineData("kubernetes")]
    public void StartupThatNeverPasses_IsEndedWhenItsTimeIsOver(string target) =>
        Assert.Equal(TimeSpan.FromSeconds(60), Run(Service, "1@1h:unready", target).Runs[0].End);

    [Theory]
    [InlineData("guard", 3)]
    [InlineData("kubernetes", 3)]
    public void JobThatKeepsFailing_IsGivenUpAfterItsRetries(string target, int tries)
    {
        var simulation = Run(Job, "1@1s*9", target);

        Assert.Equal((tries, AfterExit.GivenUp), (simulation.Runs.Count, simulation.Runs[^1].Then));
    }

    [Theory]
    [InlineData("guard")]
    [InlineData("systemd")]
    [InlineData("kubernetes")]
    public void JobThatSucceeds_IsCompleted(string target) => Assert.Equal(AfterExit.Completed, Run(Job, "0@90s,0@1s", target).Runs[^1].Then);

    [Fact]
    public void Systemd_FiveStartsInTenSeconds_IsTheEnd()
    {
        var quick = Service with { Restart = new() { Initial = TimeSpan.FromMilliseconds(100), Max = TimeSpan.FromMilliseconds(100) } };

        var simulation = Run(quick, "1@50ms*9", "systemd");

        Assert.Equal((5, AfterExit.GivenUp, true, 4), (simulation.Runs.Count, simulation.Runs[^1].Then, simulation.Runs[^1].Alert, simulation.NotReached));
        Assert.Contains("over the start limit", simulation.Runs[^1].Reason);
    }

    [Fact]
    public void Systemd_AfterAnHourUp_GoesOnWhereThePausesWere() => Assert.Equal([500, 990, 1963], Pauses(Service, "1@5s*2,1@1h", "systemd"));

    [Theory]
    [InlineData("SIGTERM@1m", AfterExit.Completed)]
    [InlineData("SIGKILL@1m", AfterExit.Restart)]
    [InlineData("0@1m", AfterExit.Completed)]
    [InlineData("78@1m", AfterExit.GivenUp)]
    public void Systemd_OnFailure_TakesTheSignalsOfAStopForClean(string exit, AfterExit then) =>
        Assert.Equal(then, Run(Service with { Restart = new() { Policy = RestartPolicy.OnFailure } }, exit, "systemd").Runs[0].Then);

    [Fact]
    public void Supervisor_FourQuickExits_AreFatal()
    {
        var simulation = Run(Service, "1@500ms*9", "supervisor");

        Assert.Equal([1000, 2000, 3000], Pauses(Service, "1@500ms*3", "supervisor"));
        Assert.Equal((4, AfterExit.GivenUp), (simulation.Runs.Count, simulation.Runs[^1].Then));
    }

    [Fact]
    public void Supervisor_AfterASecondUp_ForgetsTheQuickExits() => Assert.Equal([1000, 0, 1000], Pauses(Service, "1@500ms,1@2s,1@500ms", "supervisor"));

    [Fact]
    public void Kubernetes_Pauses_DoubleFromTenSecondsToFiveMinutesAndAreForgottenAfterTen() =>
        Assert.Equal([0, 10, 20, 40, 80, 160, 300, 300, 0, 10], Pauses(Service, "1@1s*8,1@11m,1@1s", "kubernetes").Select(ms => ms / 1000));

    [Fact]
    public void Kubernetes_OtherPolicyThanAlways_IsNotKeptByADeployment()
    {
        var simulation = Run(Service with { Restart = new() { Policy = RestartPolicy.Never } }, "0@1s", "kubernetes");

        Assert.Equal(AfterExit.Restart, simulation.Runs[0].Then);
        Assert.Contains(simulation.Notes, note => note.Contains("never is not kept", StringComparison.Ordinal));
    }

    private static Simulation Run(Unit unit, string exits, string target) => PolicySimulator.Run(unit, ExitScript.Read(exits).Exits, target);

    private static IEnumerable<int> Pauses(Unit unit, string exits, string target) => Run(unit, exits, target).Runs.Select(run => (int)run.Pause!.Middle.TotalMilliseconds);
}
