using System.Globalization;
using System.Text;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Supervision;

public sealed class InstanceMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProcessIdentity Process = new(4242, 100, "boot");

    private static readonly Unit Probed = new()
    {
        Service = "orders",
        Environment = "dev",
        Release = "orders-dev-1",
        Executable = "/srv/orders",
        Ports = [new UnitPort("http", 8080)],
        Startup = new Probe { Tcp = true, Failures = 1 },
        Readiness = new Probe { Tcp = true, Failures = 1 },
        Liveness = new Probe { Tcp = true, Failures = 1 },
    };

    // What Probed has not: a heartbeat, a dependency, a way to say that it is ready, a pre-stop program and SIGQUIT.
    private static readonly Unit Whole = Probed with
    {
        Startup = new Probe { Notify = true },
        Heartbeat = new HeartbeatRule(TimeSpan.FromSeconds(20)),
        Stop = new StopRule { PreStop = ["/bin/true"], Quit = true },
        DependsOn = [new UnitDependency { Name = "db", Check = "tcp://127.0.0.1:5432" }],
    };

    private static readonly Unit Job = Probed with
    {
        Ports = [],
        Startup = null,
        Readiness = null,
        Liveness = null,
        Restart = new RestartRule { Policy = RestartPolicy.OnFailure },
        Job = new JobRule { Schedule = "0 * * * *", Retries = 1 },
    };

    private static readonly (string Name, InstanceEvent Event)[] Events =
    [
        ("StartRequested", new StartRequested(Now)),
        ("StopRequested", new StopRequested(Now)),
        ("StopRequested(Shutdown)", new StopRequested(Now, StopReason.Shutdown)),
        ("RestartRequested", new RestartRequested(Now)),
        ("StandByRequested", new StandByRequested(Now)),
        ("DependenciesMet", new DependenciesMet(Now)),
        ("DependencyTimedOut", new DependencyTimedOut(Now, "db: connection refused")),
        ("DependencyLost(NotReady)", new DependencyLost(Now, DependencyLoss.NotReady, "db was lost")),
        ("DependencyLost(Restart)", new DependencyLost(Now, DependencyLoss.Restart, "db was lost")),
        ("DependencyLost(Stop)", new DependencyLost(Now, DependencyLoss.Stop, "db was lost")),
        ("DependenciesBack", new DependenciesBack(Now)),
        ("Wanted", new Wanted(Now)),
        ("IdleElapsed", new IdleElapsed(Now)),
        ("Spawned", new Spawned(Now, Process)),
        ("SpawnFailed(EAGAIN)", new SpawnFailed(Now, new ExitCause(ExitKind.NotStarted, 11))),
        ("SpawnFailed(ENOENT)", new SpawnFailed(Now, new ExitCause(ExitKind.NotStarted, 2))),
        ("ProcessEnded", new ProcessEnded(Now)),
        ("Exited(0)", new Exited(Now, new ExitCause(ExitKind.Exited, 0))),
        ("Exited(1)", new Exited(Now, new ExitCause(ExitKind.Exited, 1))),
        ("Exited(78)", new Exited(Now, new ExitCause(ExitKind.Exited, 78))),
        ("StartupAnswered(pass)", new StartupAnswered(Now, true)),
        ("StartupAnswered(fail)", new StartupAnswered(Now, false)),
        ("ReadinessAnswered(pass)", new ReadinessAnswered(Now, true)),
        ("ReadinessAnswered(fail)", new ReadinessAnswered(Now, false)),
        ("LivenessAnswered(pass)", new LivenessAnswered(Now, true)),
        ("LivenessAnswered(fail)", new LivenessAnswered(Now, false)),
        ("HeartbeatReceived", new HeartbeatReceived(Now)),
        ("HeartbeatFailed", new HeartbeatFailed(Now)),
        ("TimeoutExtended", new TimeoutExtended(Now, TimeSpan.FromHours(1))),
        ("NotifiedReady", new NotifiedReady(Now)),
        ("NotifiedStopping", new NotifiedStopping(Now)),
        ("RestartGranted", new RestartGranted(Now)),
        ("Drained", new Drained(Now)),
        ("PreStopEnded", new PreStopEnded(Now)),
        ("TimerElapsed", new TimerElapsed(Now)),
        ("TimerElapsed(early)", new TimerElapsed(Now - TimeSpan.FromHours(1))),
        ("TimerElapsed(of another)", new TimerElapsed(Now, Now - TimeSpan.FromHours(1))),
        ("Resumed", new Resumed(Now)),
    ];

    [Fact]
    public void Table_OfAllStatesAndEvents_IsTheGoldenOne() => Golden.Check(Repository.File("MyApp.Tests", "Supervision", "expected", "instance-machine.txt"), Print());

    [Fact]
    public void Unit_WithoutProbes_IsReadyAsSoonAsItRuns()
    {
        var (next, actions) = Machine(Probed with { Startup = null, Readiness = null }).Next(In(InstancePhase.Spawning), new Spawned(Now, Process));

        Assert.Equal(InstancePhase.Ready, next.Phase);
        Assert.Equal([InstanceAction.Watch, InstanceAction.OpenTraffic], actions);
    }

    [Fact]
    public void Probe_BelowItsThreshold_DecidesNothing()
    {
        var machine = Machine(Probed with { Readiness = new Probe { Tcp = true, Failures = 3, Successes = 2 } });
        var state = In(InstancePhase.Running);
        InstancePhase Feed(bool passed)
        {
            state = machine.Next(state, new ReadinessAnswered(Now, passed)).Next;
            return state.Phase;
        }

        Assert.Equal([InstancePhase.Running, InstancePhase.Ready], new[] { true, true }.Select(Feed).ToList());
        Assert.Equal(InstancePhase.Ready, new[] { false, false, true, false, false }.Select(Feed).ToList()[^1]);
        Assert.Equal(InstancePhase.Running, Feed(false));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exit_AfterALongReadyTime_ForgetsOldFailures(bool leavesSomething)
    {
        var unit = Probed with { Restart = new RestartRule { Initial = TimeSpan.FromSeconds(1), ResetAfter = TimeSpan.FromSeconds(120) } };
        var failed = In(InstancePhase.Ready) with { WasReady = true, Tally = new RestartTally { Failures = 6 } };
        Instance After(TimeSpan ready)
        {
            var state = failed with { Since = Now - ready };
            var ended = leavesSomething ? Machine(unit).Next(state, new ProcessEnded(Now)).Next : state;
            return Machine(unit).Next(ended, new Exited(Now + TimeSpan.FromSeconds(leavesSomething ? 2 : 0), new ExitCause(ExitKind.Exited, 1))).Next;
        }

        Assert.Equal((1, InstancePhase.Spawning), (After(TimeSpan.FromSeconds(120)).Tally.Failures, After(TimeSpan.FromSeconds(120)).Phase));
        Assert.Equal((7, InstancePhase.Backoff), (After(TimeSpan.FromSeconds(119)).Tally.Failures, After(TimeSpan.FromSeconds(119)).Phase));
    }

    [Fact]
    public void Exit_WithZeroWhileStoppedForIllHealth_IsStillAFailure()
    {
        var unit = Probed with { Restart = new RestartRule { Policy = RestartPolicy.OnFailure } };
        var state = In(InstancePhase.Terminating) with { StopReason = StopReason.Unhealthy };

        var next = Machine(unit).Next(state, new Exited(Now, new ExitCause(ExitKind.Exited, 0))).Next;

        Assert.Equal(InstancePhase.Backoff, next.Phase);
        Assert.Equal("liveness probe failed; exit 0", next.LastExit);
    }

    [Fact]
    public void Exit_OfOneThatHadBeenReady_IsFollowedByANewStartAtOnceAndThenByTheFormula()
    {
        var machine = Machine(Probed);
        var ready = In(InstancePhase.Ready);
        var exit = new Exited(Now, new ExitCause(ExitKind.Killed, 9));

        var (first, actions) = machine.Next(ready, exit);
        var second = machine.Next(ready with { Tally = first.Tally }, exit).Next;

        Assert.Equal((InstancePhase.Spawning, 1), (first.Phase, first.Restarts));
        Assert.Equal(InstanceAction.Spawn, actions[^1]);
        Assert.Equal((InstancePhase.Backoff, Now + TimeSpan.FromSeconds(0.5)), (second.Phase, second.Due));
    }

    [Fact]
    public void CrashLoop_HoweverLong_AlertsOnce()
    {
        var machine = Machine(Probed);
        var state = In(InstancePhase.Starting);
        var alerts = 0;
        for (var i = 0; i < 12; i++)
        {
            var (next, actions) = machine.Next(state with { Phase = InstancePhase.Starting, Process = Process }, new Exited(Now, new ExitCause(ExitKind.Exited, 1)));
            (state, alerts) = (next, alerts + actions.Count(a => a == InstanceAction.Alert));
        }

        Assert.Equal((1, InstancePhase.CrashLoop), (alerts, state.Phase));
    }

    [Theory]
    [InlineData(MissedRuns.Skip, InstancePhase.Scheduled)]
    [InlineData(MissedRuns.RunOnce, InstancePhase.Spawning)]
    public void Job_WhoseTimeCameWhileNobodyWatched_IsSkippedOrMadeUpFor(MissedRuns missed, InstancePhase expected)
    {
        var job = Job with { Job = Job.Job! with { Missed = missed } };
        var state = In(InstancePhase.Scheduled) with { NextRun = Now - TimeSpan.FromHours(3) };

        var next = Machine(job).Next(state, new Resumed(Now)).Next;

        Assert.Equal(expected, next.Phase);
        Assert.True(next.NextRun > Now - TimeSpan.FromHours(3));
    }

    [Fact]
    public void Job_ThatFailsBeyondItsRetries_WaitsForItsNextTime()
    {
        var machine = Machine(Job);
        var failed = new Exited(Now, new ExitCause(ExitKind.Exited, 3));

        var first = machine.Next(In(InstancePhase.Running), failed).Next;
        var second = machine.Next(In(InstancePhase.Running) with { Tally = first.Tally }, failed).Next;

        Assert.Equal(InstancePhase.Backoff, first.Phase);
        Assert.Equal((InstancePhase.Scheduled, "exit 3; given up after 2 tries", false), (second.Phase, second.LastExit, second.Completed));
    }

    [Fact]
    public void Quit_WhenAskedFor_ComesFiveSecondsBeforeTheKill()
    {
        var machine = Machine(Probed with { Stop = new StopRule { Grace = TimeSpan.FromSeconds(30), Drain = TimeSpan.Zero, Quit = true } });
        var state = machine.Next(In(InstancePhase.Draining), new Drained(Now)).Next;

        Assert.Equal((InstancePhase.Terminating, Now + TimeSpan.FromSeconds(25)), (state.Phase, state.Due));
        var (quitting, quit) = machine.Next(state, new TimerElapsed(Now + TimeSpan.FromSeconds(25)));
        Assert.Equal((InstancePhase.Quitting, Now + TimeSpan.FromSeconds(30)), (quitting.Phase, quitting.Due));
        Assert.Equal([InstanceAction.Quit], quit);
        Assert.Equal([InstanceAction.Kill], machine.Next(quitting, new TimerElapsed(Now + TimeSpan.FromSeconds(30))).Actions);
    }

    private static InstanceMachine Machine(Unit unit) => new(unit, () => 0.5, unit.Job?.Schedule is null ? _ => null : at => at + TimeSpan.FromHours(1));

    // Each in its usual condition: due now, with a process where the phase has one, stopped because somebody asked.
    private static Instance In(InstancePhase phase) => new()
    {
        Phase = phase,
        Since = Now - TimeSpan.FromSeconds(10),
        Process = phase.HasProcess() ? Process : null,
        Due = phase is InstancePhase.Starting or InstancePhase.Backoff or InstancePhase.CrashLoop or InstancePhase.Scheduled || IsStopping(phase) ? Now : null,
        KillAt = IsStopping(phase) ? Now : null,
        StopReason = IsStopping(phase) ? StopReason.Requested : StopReason.None,
        WasReady = phase == InstancePhase.Ready,
    };

    private static bool IsStopping(InstancePhase phase) => phase is >= InstancePhase.Draining and <= InstancePhase.Killing;

    private static string Print()
    {
        var table = new StringBuilder();
        foreach (var phase in Enum.GetValues<InstancePhase>())
            Print(table, phase.ToString(), Probed, In(phase));
        foreach (var reason in Enum.GetValues<StopReason>().Where(r => r != StopReason.Requested))
            Print(table, $"Terminating/{reason}", Probed, In(InstancePhase.Terminating) with { StopReason = reason, LastExit = "db was lost" });
        Print(table, "Spawning/Requested", Probed, In(InstancePhase.Spawning) with { StopReason = StopReason.Requested });
        Print(table, "Running/DependencyLost", Probed, In(InstancePhase.Running) with { Hold = TrafficHold.DependencyLost, Readiness = new(1, 0) });
        Print(table, "Ready/Unhealthy", Probed, In(InstancePhase.Ready) with { Ailing = StopReason.Unhealthy });
        Print(table, "Ready/heartbeat", Whole, In(InstancePhase.Ready) with { Due = Now });
        Print(table, "Ready/Silent", Whole, In(InstancePhase.Ready) with { Ailing = StopReason.Silent });
        Print(table, "Waiting/needs db", Whole, In(InstancePhase.Waiting));
        Print(table, "Starting/notify", Whole, In(InstancePhase.Starting));
        Print(table, "Draining/pre-stop", Whole, In(InstancePhase.Draining));
        Print(table, "Terminating/quit", Whole, In(InstancePhase.Terminating) with { KillAt = Now + StopRule.QuitBefore });
        foreach (var phase in new[] { InstancePhase.Waiting, InstancePhase.Scheduled, InstancePhase.Spawning, InstancePhase.Running, InstancePhase.Backoff })
            Print(table, $"{phase}/job", Job, In(phase));
        return table.ToString();
    }

    private static void Print(StringBuilder table, string title, Unit unit, Instance state)
    {
        table.Append(title).Append('\n');
        foreach (var (name, happened) in Events)
        {
            var (next, actions) = Machine(unit).Next(state, happened);
            var due = next.Due == state.Due || next.Due is null ? "" : string.Create(CultureInfo.InvariantCulture, $" due in {(next.Due.Value - Now).TotalSeconds} s");
            var reason = next.StopReason == state.StopReason ? "" : $" ({next.StopReason})";
            table.Append(next == state && actions.Count == 0 ? $"    {name,-26}-" : $"    {name,-26}{next.Phase}{reason}{due} [{string.Join(", ", actions)}]").Append('\n');
        }
    }
}
