using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>The guard, by the state machine that it runs itself: events go in with their times, chance at its ends and in its middle.</summary>
internal sealed class GuardModel(Unit unit) : IRestartModel
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;
    private static readonly ProcessIdentity Process = new(1, 1, "");

    private readonly InstanceMachine least = new(unit, () => 0);
    private readonly InstanceMachine middle = new(unit, () => 0.5);
    private readonly InstanceMachine most = new(unit, () => 1);
    private Instance state = new();
    private bool alerted;

    public IReadOnlyList<string> Settings =>
    [
        $"policy {RuleText.Policy(unit.Restart.Policy)}", $"initial {RuleText.Duration(unit.Restart.Initial)}", $"max {RuleText.Duration(unit.Restart.Max)}",
        $"resetAfter {RuleText.Duration(unit.Restart.ResetAfter)}", $"noRestartExits {RuleText.Exits(unit.Restart)}",
    ];

    public IReadOnlyList<string> Notes => [];

    public SimulatedRun Run(int number, TimeSpan start, PlannedExit planned)
    {
        var at = Epoch + start;
        state = state.Phase == InstancePhase.Waiting ? Step(new StartRequested(at)) : Step(new TimerElapsed(at));
        state = Step(new Spawned(at, Process));
        if (planned.Ready)
            Pass(at);
        var end = End(at, planned);
        var wasReady = state.WasReady;
        var cause = state.StopReason == StopReason.None ? planned.Cause : planned.Within(unit.Startup).Cause;
        var exited = new Exited(end, cause);
        var pause = Pause(exited);
        state = Step(exited);
        var isLoop = state.Phase == InstancePhase.CrashLoop;
        var run = new SimulatedRun
        {
            Number = number,
            Start = start,
            Ready = wasReady,
            End = end - Epoch,
            Reason = state.LastExit ?? cause.Describe(),
            Then = pause is not null ? AfterExit.Restart : state.Phase == InstancePhase.Failed ? AfterExit.GivenUp : AfterExit.Completed,
            Pause = pause,
            CrashLoop = isLoop,
            Alert = isLoop && !alerted,
        };
        alerted = isLoop;
        return run;
    }

    private Instance Step(InstanceEvent happened) => middle.Step(state, happened).Next;

    // Probes are taken to pass as soon as they are asked.
    private void Pass(DateTimeOffset at)
    {
        for (var i = 0; i < (unit.Startup?.Successes ?? 0) && state.Phase == InstancePhase.Starting; i++)
            state = Step(new StartupAnswered(at, true));
        for (var i = 0; i < (unit.Readiness?.Successes ?? 0) && state.Phase == InstancePhase.Running; i++)
            state = Step(new ReadinessAnswered(at, true));
    }

    // Where the startup probe's time is over first, that is the end; the program is taken to go at once when told to.
    private DateTimeOffset End(DateTimeOffset at, PlannedExit planned)
    {
        var end = at + planned.After;
        if (state.Phase != InstancePhase.Starting || state.Due is not { } due || due >= end)
            return end;
        state = Step(new TimerElapsed(due));
        return due;
    }

    private PauseRange? Pause(Exited exited)
    {
        TimeSpan? Of(InstanceMachine machine) => machine.Step(state, exited).Next is { Phase: InstancePhase.Backoff or InstancePhase.CrashLoop, Due: { } due }
            ? due - exited.At
            : null;
        return Of(least) is { } from && Of(middle) is { } mean && Of(most) is { } to ? new(from, mean, to) : null;
    }
}
