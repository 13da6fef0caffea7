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

    private static readonly (string Name, InstanceEvent Event)[] Events =
    [
        ("StartRequested", new StartRequested(Now)),
        ("StopRequested", new StopRequested(Now)),
        ("StopRequested(Shutdown)", new StopRequested(Now, StopReason.Shutdown)),
        ("RestartRequested", new RestartRequested(Now)),
        ("Spawned", new Spawned(Now, Process)),
        ("SpawnFailed(EAGAIN)", new SpawnFailed(Now, new ExitCause(ExitKind.NotStarted, 11))),
        ("SpawnFailed(ENOENT)", new SpawnFailed(Now, new ExitCause(ExitKind.NotStarted, 2))),
        ("Exited(0)", new Exited(Now, new ExitCause(ExitKind.Exited, 0))),
        ("Exited(1)", new Exited(Now, new ExitCause(ExitKind.Exited, 1))),
        ("Exited(78)", new Exited(Now, new ExitCause(ExitKind.Exited, 78))),
        ("StartupAnswered(pass)", new StartupAnswered(Now, true)),
        ("StartupAnswered(fail)", new StartupAnswered(Now, false)),
        ("ReadinessAnswered(pass)", new ReadinessAnswered(Now, true)),
        ("ReadinessAnswered(fail)", new ReadinessAnswered(Now, false)),
        ("LivenessAnswered(pass)", new LivenessAnswered(Now, true)),
        ("LivenessAnswered(fail)", new LivenessAnswered(Now, false)),
        ("Drained", new Drained(Now)),
        ("TimerElapsed", new TimerElapsed(Now)),
        ("TimerElapsed(early)", new TimerElapsed(Now - TimeSpan.FromHours(1))),
        ("Resumed", new Resumed(Now)),
    ];

    [Fact]
    public void Table_OfAllStatesAndEvents_IsTheGoldenOne() => Golden.Check(Repository.File("MyApp.Tests", "Supervision", "expected", "instance-machine.txt"), Print());

    [Fact]
    public void Unit_WithoutProbes_IsReadyAsSoonAsItRuns()
    {
        var (next, actions) = Machine(Probed with { Startup = null, Readiness = null }).Step(In(InstancePhase.Spawning), new Spawned(Now, Process));

        Assert.Equal(InstancePhase.Ready, next.Phase);
        Assert.Equal([InstanceAction.ProbeHealth, InstanceAction.OpenTraffic], actions);
    }

    [Fact]
    public void Probe_BelowItsThreshold_DecidesNothing()
    {
        var machine = Machine(Probed with { Readiness = new Probe { Tcp = true, Failures = 3, Successes = 2 } });
        var state = In(InstancePhase.Running);
        InstancePhase Feed(bool passed)
        {
            state = machine.Step(state, new ReadinessAnswered(Now, passed)).Next;
            return state.Phase;
        }

        Assert.Equal([InstancePhase.Running, InstancePhase.Ready], new[] { true, true }.Select(Feed).ToList());
        Assert.Equal(InstancePhase.Ready, new[] { false, false, true, false, false }.Select(Feed).ToList()[^1]);
        Assert.Equal(InstancePhase.Running, Feed(false));
    }

    [Fact]
    public void Exit_AfterALongReadyTime_ForgetsOldFailures()
    {
        var unit = Probed with { Restart = new RestartRule { Initial = TimeSpan.FromSeconds(1), ResetAfter = TimeSpan.FromSeconds(120) } };
        var failed = In(InstancePhase.Ready) with { WasReady = true, Tally = new RestartTally { Failures = 6 } };
        Instance After(TimeSpan ready) => Machine(unit).Step(failed with { Since = Now - ready }, new Exited(Now, new ExitCause(ExitKind.Exited, 1))).Next;

        Assert.Equal(1, After(TimeSpan.FromSeconds(120)).Tally.Failures);
        Assert.Equal(7, After(TimeSpan.FromSeconds(119)).Tally.Failures);
    }

    [Fact]
    public void Exit_WithZeroWhileStoppedForIllHealth_IsStillAFailure()
    {
        var unit = Probed with { Restart = new RestartRule { Policy = RestartPolicy.OnFailure } };
        var state = In(InstancePhase.Terminating) with { StopReason = StopReason.Unhealthy };

        var next = Machine(unit).Step(state, new Exited(Now, new ExitCause(ExitKind.Exited, 0))).Next;

        Assert.Equal(InstancePhase.Backoff, next.Phase);
        Assert.Equal("liveness probe failed; exit 0", next.LastExit);
    }

    private static InstanceMachine Machine(Unit unit) => new(unit, () => 0.5);

    // Each in its usual condition: due now, with a process where the phase has one, stopped because somebody asked.
    private static Instance In(InstancePhase phase) => new()
    {
        Phase = phase,
        Since = Now - TimeSpan.FromSeconds(10),
        Process = phase.HasProcess() ? Process : null,
        Due = phase is InstancePhase.Starting or InstancePhase.Draining or InstancePhase.Terminating or InstancePhase.Killing
            or InstancePhase.Backoff or InstancePhase.CrashLoop ? Now : null,
        StopReason = phase is InstancePhase.Draining or InstancePhase.Terminating or InstancePhase.Killing ? StopReason.Requested : StopReason.None,
        WasReady = phase == InstancePhase.Ready,
    };

    private static string Print()
    {
        var table = new StringBuilder();
        foreach (var phase in Enum.GetValues<InstancePhase>())
            Print(table, phase.ToString(), In(phase));
        foreach (var reason in new[] { StopReason.Shutdown, StopReason.Restart, StopReason.Unhealthy, StopReason.StartupTimeout })
            Print(table, $"Terminating/{reason}", In(InstancePhase.Terminating) with { StopReason = reason });
        Print(table, "Spawning/Requested", In(InstancePhase.Spawning) with { StopReason = StopReason.Requested });
        return table.ToString();
    }

    private static void Print(StringBuilder table, string title, Instance state)
    {
        table.Append(title).Append('\n');
        foreach (var (name, happened) in Events)
        {
            var (next, actions) = Machine(Probed).Step(state, happened);
            var due = next.Due == state.Due || next.Due is null ? "" : string.Create(CultureInfo.InvariantCulture, $" due in {(next.Due.Value - Now).TotalSeconds} s");
            var reason = next.StopReason == state.StopReason ? "" : $" ({next.StopReason})";
            table.Append(next == state && actions.Count == 0 ? $"    {name,-25}-" : $"    {name,-25}{next.Phase}{reason}{due} [{string.Join(", ", actions)}]").Append('\n');
        }
    }
}
