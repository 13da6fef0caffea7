using MyApp.Supervision.Probes;
using MyApp.Supervision.Units;
using static MyApp.Supervision.States.InstanceAction;
using static MyApp.Supervision.States.InstancePhase;
using Step = (MyApp.Supervision.States.Instance Next, System.Collections.Generic.IReadOnlyList<MyApp.Supervision.States.InstanceAction> Actions);

namespace MyApp.Supervision.States;

/// <summary>Between up and to be stopped: who gets traffic, and who is ill.</summary>
public sealed partial class InstanceMachine
{
    private Step OnReadiness(Instance state, ReadinessAnswered e)
    {
        var next = state with { Readiness = state.Readiness.Add(e.Passed) };
        return (next.Readiness.Judge(unit.Readiness!), state.Phase) switch
        {
            (ProbeVerdict.Passed, Running) => GetReady(next, e.At),
            (ProbeVerdict.Failed, Ready) => (EnterUp(next, Running, e.At), [CloseTraffic]),
            _ => (next, []),
        };
    }

    private static Step GetReady(Instance state, DateTimeOffset at) => state.Hold == TrafficHold.None
        ? (EnterUp(state, Ready, at) with { WasReady = true }, [OpenTraffic])
        : (state.Phase == Running ? state : EnterUp(state, Running, at), []);

    private Step OnLiveness(Instance state, LivenessAnswered e)
    {
        var next = state with { Liveness = state.Liveness.Add(e.Passed) };
        return next.Liveness.Judge(unit.Liveness!) switch
        {
            ProbeVerdict.Failed => Ail(next, StopReason.Unhealthy),
            ProbeVerdict.Passed => Recover(next, StopReason.Unhealthy),
            _ => (next, []),
        };
    }

    private Step OnHeartbeat(Instance state, DateTimeOffset at) =>
        unit.Heartbeat is { } rule ? Recover(state with { Due = at + rule.Interval }, StopReason.Silent) : Ignore(state);

    private static Step Ail(Instance state, StopReason why) =>
        state.Ailing == StopReason.None ? (state with { Ailing = why }, [AskForRestart]) : (state, []);

    private static Step Recover(Instance state, StopReason from) =>
        state.Ailing == from ? (state with { Ailing = StopReason.None }, [WithdrawRestart]) : (state, []);

    private Step OnRestartGranted(Instance state, DateTimeOffset at) =>
        Terminated(state with { StopReason = state.Ailing }, at, Unwatch, CloseTraffic);

    private Step OnDependencyLost(Instance state, DependencyLost e)
    {
        // Said later, when its exit has been told too.
        var told = state with { LastExit = e.Text };
        return (e.OnLoss, state.Phase) switch
        {
            (DependencyLoss.NotReady, Running or Ready) => Withhold(state, e.At, TrafficHold.DependencyLost),
            (DependencyLoss.Restart, Running or Ready) => Stop(told, e.At, StopReason.DependencyLost),
            (DependencyLoss.Stop, Running or Ready) => Stop(told, e.At, StopReason.StoppedWithDependency),
            _ => Ignore(state),
        };
    }

    private Step OnDependenciesBack(Instance state, DateTimeOffset at)
    {
        if (!state.Phase.IsUp() || !state.Hold.HasFlag(TrafficHold.DependencyLost))
            return Ignore(state);
        var free = state with { Hold = state.Hold & ~TrafficHold.DependencyLost };
        var passes = unit.Job is null && (unit.Readiness is not { } probe || free.Readiness.Judge(probe) == ProbeVerdict.Passed);
        return passes ? GetReady(free, at) : (free, []);
    }

    private static Step Withhold(Instance state, DateTimeOffset at, TrafficHold why)
    {
        var held = state with { Hold = state.Hold | why };
        return state.Phase == Ready ? (EnterUp(held, Running, at), [CloseTraffic]) : (held, []);
    }

    // Whether it gets traffic has nothing to do with when it must be heard of next.
    private static Instance EnterUp(Instance state, InstancePhase phase, DateTimeOffset at) => state with { Phase = phase, Since = at };
}
