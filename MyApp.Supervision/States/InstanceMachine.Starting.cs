using MyApp.Supervision.Probes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;
using static MyApp.Supervision.States.InstanceAction;
using static MyApp.Supervision.States.InstancePhase;
using Step = (MyApp.Supervision.States.Instance Next, System.Collections.Generic.IReadOnlyList<MyApp.Supervision.States.InstanceAction> Actions);

namespace MyApp.Supervision.States;

/// <summary>From a request to a process that is up.</summary>
public sealed partial class InstanceMachine
{
    private Step Start(Instance state, DateTimeOffset at) => state.Phase switch
    {
        // A person who asks again gets a fresh start: no memory of old failures.
        Waiting or Stopped or Failed or Backoff or CrashLoop => Begin(Forgetting(state), at),
        StandBy => Then(Run(Forgetting(state), at), StopAwaiting),
        // Asked for though its time has not come.
        Scheduled => Run(Forgetting(state), at),
        Spawning => (state with { StopReason = StopReason.None }, []),
        >= Ending and <= Killing => (state with { StopReason = StopReason.Restart }, []),
        _ => Ignore(state),
    };

    private Step Restart(Instance state, DateTimeOffset at) => state.Phase switch
    {
        Starting or Running or Ready => Stop(state, at, StopReason.Restart),
        _ => Start(state, at),
    };

    private static Instance Forgetting(Instance state) => state with { Tally = RestartTally.None, DependenciesMet = false, Completed = false };

    private Step Begin(Instance state, DateTimeOffset at) => unit.Job?.Schedule is null ? Run(state, at) : EnterScheduled(state, at);

    private Step Run(Instance state, DateTimeOffset at)
    {
        // The times up to this run are used up by it.
        var due = state.NextRun is { } planned && planned <= at ? state with { NextRun = nextRun(planned) } : state;
        return Prepared(due, at);
    }

    private Step Prepared(Instance state, DateTimeOffset at, params InstanceAction[] before) => unit.DependsOn.Count == 0 || state.DependenciesMet
        ? Then(Spawn(state, at), before)
        : (Enter(state, Blocked, at) with { StopReason = StopReason.None, WasReady = false }, [.. before, AwaitDependencies]);

    private static Step EnterStandBy(Instance state, DateTimeOffset at) =>
        (Enter(state, StandBy, at) with { StopReason = StopReason.None, DependenciesMet = false }, [AwaitDemand]);

    /// <summary>Waits for the next time; one that was missed is made up for or skipped, as the rule says.</summary>
    private Step EnterScheduled(Instance state, DateTimeOffset at)
    {
        var planned = state.NextRun ?? nextRun(at);
        if (planned <= at && unit.Job!.Missed == MissedRuns.Skip)
            planned = nextRun(at);
        var waiting = Enter(state, Scheduled, at) with { StopReason = StopReason.None, NextRun = planned, Due = planned };
        return planned <= at ? Run(waiting, at) : (waiting, []);
    }

    private static Step Spawn(Instance state, DateTimeOffset at)
    {
        var fresh = Enter(state, Spawning, at) with
        {
            Process = null,
            Started = null,
            WasReady = false,
            ReadyFor = null,
            Completed = false,
            StopReason = StopReason.None,
            Ailing = StopReason.None,
            Hold = TrafficHold.None,
            KillAt = null,
            Startup = ProbeTally.None,
            Readiness = ProbeTally.None,
            Liveness = ProbeTally.None,
        };
        return (fresh, [InstanceAction.Spawn]);
    }

    private Step OnSpawned(Instance state, Spawned e)
    {
        var running = state with { Process = e.Process, Started = e.At };
        if (state.StopReason != StopReason.None)
            return Terminated(running, e.At);
        return unit.Startup is null ? StartedUp(running, e.At) : (Enter(running, Starting, e.At, unit.Startup.Budget), [ProbeStartup]);
    }

    private Step OnStartup(Instance state, StartupAnswered e)
    {
        var next = state with { Startup = state.Startup.Add(e.Passed) };
        return next.Startup.Judge(unit.Startup!) == ProbeVerdict.Passed ? StartedUp(next, e.At) : (next, []);
    }

    // A job is never ready: there is nothing to send it.
    private Step StartedUp(Instance state, DateTimeOffset at)
    {
        var heard = state with { Due = at + unit.Heartbeat?.Interval };
        return unit.Readiness is null && unit.Job is null ? Then(GetReady(heard, at), Watch) : (EnterUp(heard, Running, at), [Watch]);
    }

    private Step OnDependencyTimeout(Instance state, DependencyTimedOut e) =>
        Then(Decided(state, e.At, new ExitCause(ExitKind.NotStarted, Detail: e.Text)), StopAwaiting);
}
