using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;
using static MyApp.Supervision.States.InstanceAction;
using static MyApp.Supervision.States.InstancePhase;
using Step = (MyApp.Supervision.States.Instance Next, System.Collections.Generic.IReadOnlyList<MyApp.Supervision.States.InstanceAction> Actions);

namespace MyApp.Supervision.States;

/// <summary>Down, on request or not, and what follows.</summary>
public sealed partial class InstanceMachine
{
    // SIGKILL needs no second try, unless a process joined the tree in between.
    private static readonly TimeSpan KillAgain = TimeSpan.FromSeconds(1);

    private Step Stop(Instance state, DateTimeOffset at, StopReason reason)
    {
        var told = state with { StopReason = reason };
        return state.Phase switch
        {
            // A completed job or a lost cause is not to run again only because the guard is started again; so its reason stays.
            Stopped or Failed when reason == StopReason.Shutdown => Ignore(state),
            Stopped => (told, []),
            Blocked or StandBy => (Enter(told, Stopped, at), [StopAwaiting]),
            Waiting or Scheduled or Backoff or CrashLoop or Failed => (Enter(told, Stopped, at), []),
            Spawning or (>= Ending and <= Killing) => (told, []),
            Starting => Terminated(told, at, Unwatch),
            _ => (Enter(told, Draining, at, unit.Stop.Drain), [Unwatch, CloseTraffic, AwaitDrained]),
        };
    }

    private Step AfterDrain(Instance state, DateTimeOffset at) => unit.Stop.PreStop.Count == 0
        ? Terminated(state, at)
        : (Enter(state, PreStopping, at, unit.Stop.Grace) with { KillAt = at + unit.Stop.Grace }, [RunPreStop]);

    /// <summary>SIGTERM now; what the pre-stop program has used of the grace period is gone.</summary>
    private Step Terminated(Instance state, DateTimeOffset at, params InstanceAction[] before)
    {
        var killAt = state.Phase == PreStopping && state.KillAt is { } set ? set : at + unit.Stop.Grace;
        var quitAt = killAt - StopRule.QuitBefore;
        var next = Enter(state, Terminating, at) with { KillAt = killAt, Due = unit.Stop.Quit && quitAt > at ? quitAt : killAt };
        return (next, [.. before, Terminate]);
    }

    private static Step Killed(Instance state, DateTimeOffset at) => (Enter(state, Killing, at, KillAgain), [Kill]);

    private static Step OnProcessEnded(Instance state, DateTimeOffset at) =>
        (Enter(state, Ending, at) with { ReadyFor = state.ReadyUntil(at) }, [Unwatch, CloseTraffic]);

    private Step Ended(Instance state, DateTimeOffset at, ExitCause cause)
    {
        var gone = state with { Process = null, KillAt = null };
        InstanceAction[] close = state.Phase.HasProcess() ? [Unwatch, CloseTraffic] : [];
        var told = gone with { LastExit = $"{cause.Describe()}: {StopWords.Of(unit, state)}" };
        return state.StopReason switch
        {
            StopReason.Requested or StopReason.Shutdown or StopReason.StoppedWithDependency => (Enter(told, Stopped, at), close),
            StopReason.Restart => Then(Spawn(told with { Tally = RestartTally.None }, at), close),
            StopReason.Idle => Then(EnterStandBy(told, at), close),
            StopReason.DependencyLost => Then(Prepared(told with { DependenciesMet = false }, at), close),
            _ => Then(Decided(gone, at, cause), close),
        };
    }

    private Step Decided(Instance state, DateTimeOffset at, ExitCause cause)
    {
        // What a stop for ill health made of the exit says nothing: exit 0 after SIGTERM is still a failure.
        var judged = state.StopReason == StopReason.None ? cause : cause with { Kind = ExitKind.Killed };
        var decision = RestartTracker.Decide(unit.Restart, state.Tally, judged, at, state.ReadyUntil(at), state.WasReady, random());
        var told = state with { LastExit = StopWords.Of(unit, state) is { } why ? $"{why}; {cause.Describe()}" : decision.Reason };
        return unit.Job is { } job ? OfJob(told, at, job, judged, decision) : OfService(told, at, decision);
    }

    private Step OfService(Instance state, DateTimeOffset at, RestartDecision decision) => decision switch
    {
        RestartAfter again => Again(state, at, again),
        StayStopped => (Enter(state, Stopped, at), []),
        _ => (Enter(state, Failed, at), []),
    };

    private Step OfJob(Instance state, DateTimeOffset at, JobRule job, ExitCause cause, RestartDecision decision)
    {
        if (!cause.IsSuccess && decision is RestartAfter again && again.Tally.Failures <= job.Retries)
            return Again(state, at, again);
        var words = cause.IsSuccess || decision is GiveUp ? decision.Reason : $"{state.LastExit}; given up after {job.Retries + 1} tries";
        var over = state with { Completed = cause.IsSuccess, LastExit = cause.IsSuccess ? $"{cause.Describe()}: completed" : words, Tally = RestartTally.None };
        if (job.Schedule is not null)
            return EnterScheduled(over, at);
        return (Enter(over, cause.IsSuccess ? Stopped : Failed, at), []);
    }

    private Step Again(Instance state, DateTimeOffset at, RestartAfter again)
    {
        var next = state with { Tally = again.Tally };
        InstanceAction[] alert = again.Alert ? [Alert] : [];
        return again.Delay == TimeSpan.Zero
            ? Then(Prepared(next with { Restarts = next.Restarts + 1 }, at), alert)
            : (Enter(next, again.CrashLoop ? CrashLoop : Backoff, at, again.Delay), alert);
    }
}
