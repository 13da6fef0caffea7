using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;
using static MyApp.Supervision.States.InstanceAction;
using static MyApp.Supervision.States.InstancePhase;
using Step = (MyApp.Supervision.States.Instance Next, System.Collections.Generic.IReadOnlyList<MyApp.Supervision.States.InstanceAction> Actions);

namespace MyApp.Supervision.States;

/// <summary>
/// The life of an instance as a pure function: state and event in, next state and actions out. Every cell of the table is chosen; the
/// tests print it whole.
/// </summary>
/// <param name="random">Uniform in [0, 1), for the backoff.</param>
/// <param name="nextRun">The first time of the job's schedule after the given one; null: there is none.</param>
public sealed partial class InstanceMachine(Unit unit, Func<double> random, Func<DateTimeOffset, DateTimeOffset?> nextRun)
{
    public Step Next(Instance state, InstanceEvent happened) => happened switch
    {
        StartRequested e => Start(state, e.At),
        StandByRequested e => state.Phase is Waiting or Stopped ? EnterStandBy(state, e.At) : Ignore(state),
        StopRequested e => Stop(state, e.At, e.Reason),
        RestartRequested e => Restart(state, e.At),
        DependenciesMet e => state.Phase == Blocked ? Spawn(state with { DependenciesMet = true }, e.At) : Ignore(state),
        DependencyTimedOut e => state.Phase == Blocked ? OnDependencyTimeout(state, e) : Ignore(state),
        DependencyLost e => OnDependencyLost(state, e),
        DependenciesBack e => OnDependenciesBack(state, e.At),
        Wanted e => state.Phase == StandBy ? Prepared(state, e.At, StopAwaiting) : Ignore(state),
        IdleElapsed e => state.Phase.IsUp() ? Stop(state, e.At, StopReason.Idle) : Ignore(state),
        Spawned e => state.Phase == Spawning ? OnSpawned(state, e) : Ignore(state),
        SpawnFailed e => state.Phase == Spawning ? Ended(state, e.At, e.Cause) : Ignore(state),
        ProcessEnded e => state.Phase is Starting or Running or Ready ? OnProcessEnded(state, e.At) : Ignore(state),
        Exited e => state.Phase.HasProcess() ? Ended(state, e.At, e.Cause) : Ignore(state),
        StartupAnswered e => state.Phase == Starting && unit.Startup is not null ? OnStartup(state, e) : Ignore(state),
        ReadinessAnswered e => state.Phase.IsUp() && unit.Readiness is not null ? OnReadiness(state, e) : Ignore(state),
        LivenessAnswered e => state.Phase.IsUp() && unit.Liveness is not null ? OnLiveness(state, e) : Ignore(state),
        InstanceNotice e => OnNotice(state, e),
        RestartGranted e => state.Phase.IsUp() && state.Ailing != StopReason.None ? OnRestartGranted(state, e.At) : Ignore(state),
        Drained e => state.Phase == Draining ? AfterDrain(state, e.At) : Ignore(state),
        PreStopEnded e => state.Phase == PreStopping ? Terminated(state, e.At) : Ignore(state),
        TimerElapsed e => state.Due <= e.At && (e.Due ?? state.Due) == state.Due ? OnTimer(state, e.At) : Ignore(state),
        Resumed e => Resume(state, e.At),
        _ => throw new ArgumentOutOfRangeException(nameof(happened)),
    };

    private static Step Ignore(Instance state) => (state, []);

    private Step OnTimer(Instance state, DateTimeOffset at) => state.Phase switch
    {
        Scheduled => Run(state with { Tally = RestartTally.None }, at),
        Starting => Terminated(state with { StopReason = StopReason.StartupTimeout }, at, Unwatch),
        Running or Ready => Ail(state with { Due = null }, StopReason.Silent),
        Draining => AfterDrain(state, at),
        PreStopping or Quitting or Killing => Killed(state, at),
        Terminating => unit.Stop.Quit && state.Due < state.KillAt ? (Enter(state, Quitting, at) with { Due = state.KillAt }, [Quit]) : Killed(state, at),
        Backoff or CrashLoop => Prepared(state with { Restarts = state.Restarts + 1 }, at),
        _ => Ignore(state),
    };

    private Step OnNotice(Instance state, InstanceNotice notice) => notice switch
    {
        HeartbeatReceived e => state.Phase.IsUp() ? OnHeartbeat(state, e.At) : Ignore(state),
        HeartbeatFailed e => state.Phase.IsUp() && unit.Heartbeat is not null ? Ail(state with { Due = null }, StopReason.Silent) : Ignore(state),
        TimeoutExtended e => Extend(state, e.At + e.By),
        NotifiedReady e => state.Phase == Starting && unit.Startup is { Notify: true } ? StartedUp(state, e.At) : Ignore(state),
        NotifiedStopping e => state.Phase.IsUp() ? Withhold(state, e.At, TrafficHold.Leaving) : Ignore(state),
        _ => throw new ArgumentOutOfRangeException(nameof(notice)),
    };

    // Only ever later: what a unit's rules grant is its own.
    private static Step Extend(Instance state, DateTimeOffset until) => state.Phase switch
    {
        Starting when state.Due < until => (state with { Due = until }, []),
        PreStopping or Terminating or Quitting when state.KillAt < until =>
            (state with { KillAt = until, Due = state.Due == state.KillAt ? until : until - (state.KillAt - state.Due) }, []),
        _ => Ignore(state),
    };

    private Step Resume(Instance state, DateTimeOffset at) => state.Phase switch
    {
        Blocked => (state, [AwaitDependencies]),
        StandBy => (state, [AwaitDemand]),
        Scheduled => EnterScheduled(state, at),
        // It may have been up for long with nobody to ask it, so the budget begins anew.
        Starting => (state with { Due = at + unit.Startup?.Budget }, [ProbeStartup]),
        Running or Ready => Taken(state with { Due = at + unit.Heartbeat?.Interval, Ailing = StopReason.None, Hold = TrafficHold.None }, at),
        Draining or PreStopping or Terminating or Quitting => Terminated(state, at),
        Killing => (state, [Kill]),
        Spawning => (state, [InstanceAction.Spawn]),
        _ => Ignore(state),
    };

    private Step Taken(Instance state, DateTimeOffset at) => state.Phase == Ready || (unit.Readiness is null && unit.Job is null)
        ? Then(GetReady(state, state.Phase == Ready ? state.Since : at), Watch)
        : (state, [Watch]);

    private static Instance Enter(Instance state, InstancePhase phase, DateTimeOffset at, TimeSpan? dueAfter = null) =>
        state with { Phase = phase, Since = at, Due = dueAfter is { } after ? at + after : null };

    private static Step Then(Step step, params InstanceAction[] before) => (step.Next, [.. before, .. step.Actions]);
}
