using MyApp.Supervision.Probes;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;
using static MyApp.Supervision.States.InstanceAction;
using static MyApp.Supervision.States.InstancePhase;

namespace MyApp.Supervision.States;

/// <summary>
/// The life of an instance as a pure function: state and event in, next state and actions out. Every cell of the table is chosen; the
/// tests print it whole.
/// </summary>
/// <param name="random">Uniform in [0, 1), for the backoff.</param>
public sealed class InstanceMachine(Unit unit, Func<double> random)
{
    // SIGKILL needs no second try, unless a process joined the group in between.
    private static readonly TimeSpan KillAgain = TimeSpan.FromSeconds(1);

    public (Instance Next, IReadOnlyList<InstanceAction> Actions) Step(Instance state, InstanceEvent happened) => happened switch
    {
        StartRequested e => Start(state, e.At),
        StopRequested e => Stop(state, e.At, e.Reason),
        RestartRequested e => Restart(state, e.At),
        Spawned e => OnSpawned(state, e.At, e.Process),
        SpawnFailed e => state.Phase == Spawning ? Ended(state, e.At, e.Cause) : Ignore(state),
        Exited e => state.Phase.HasProcess() ? Ended(state, e.At, e.Cause) : Ignore(state),
        StartupAnswered e => state.Phase == Starting ? OnStartup(state, e) : Ignore(state),
        ReadinessAnswered e => state.Phase is Running or Ready ? OnReadiness(state, e) : Ignore(state),
        LivenessAnswered e => state.Phase is Running or Ready ? OnLiveness(state, e) : Ignore(state),
        Drained e => state.Phase == Draining ? Terminated(state, e.At) : Ignore(state),
        TimerElapsed e => state.Due <= e.At ? OnTimer(state, e.At) : Ignore(state),
        Resumed e => Resume(state, e.At),
        _ => throw new ArgumentOutOfRangeException(nameof(happened)),
    };

    private static (Instance, IReadOnlyList<InstanceAction>) Ignore(Instance state) => (state, []);

    private static (Instance, IReadOnlyList<InstanceAction>) Start(Instance state, DateTimeOffset at) => state.Phase switch
    {
        // A person who asks again gets a fresh start: no memory of old failures.
        Waiting or Stopped or Failed or Backoff or CrashLoop => Spawn(state with { Tally = RestartTally.None }, at),
        Spawning => (state with { StopReason = StopReason.None }, []),
        Draining or Terminating or Killing => (state with { StopReason = StopReason.Restart }, []),
        _ => Ignore(state),
    };

    private (Instance, IReadOnlyList<InstanceAction>) Stop(Instance state, DateTimeOffset at, StopReason reason)
    {
        var told = state with { StopReason = reason };
        return state.Phase switch
        {
            // A completed job is not to run again only because the guard is started again; so its reason stays.
            Stopped => reason == StopReason.Shutdown ? Ignore(state) : (told, []),
            Waiting or Backoff or CrashLoop or Failed => (Enter(told, Stopped, at), []),
            Spawning or Draining or Terminating or Killing => (told, []),
            Starting => Terminated(told, at, StopProbing),
            _ => Drain(told, at),
        };
    }

    private (Instance, IReadOnlyList<InstanceAction>) Restart(Instance state, DateTimeOffset at) => state.Phase switch
    {
        Starting or Running or Ready => Stop(state, at, StopReason.Restart),
        _ => Start(state, at),
    };

    private (Instance, IReadOnlyList<InstanceAction>) Drain(Instance state, DateTimeOffset at) =>
        (Enter(state, Draining, at, unit.Stop.Drain), [StopProbing, CloseTraffic, AwaitDrained]);

    private (Instance, IReadOnlyList<InstanceAction>) Terminated(Instance state, DateTimeOffset at, params InstanceAction[] before) =>
        (Enter(state, Terminating, at, unit.Stop.Grace), [.. before, Terminate]);

    private static (Instance, IReadOnlyList<InstanceAction>) Spawn(Instance state, DateTimeOffset at)
    {
        var fresh = Enter(state, Spawning, at) with
        {
            Process = null,
            WasReady = false,
            StopReason = StopReason.None,
            Startup = ProbeTally.None,
            Readiness = ProbeTally.None,
            Liveness = ProbeTally.None,
        };
        return (fresh, [InstanceAction.Spawn]);
    }

    private (Instance, IReadOnlyList<InstanceAction>) OnSpawned(Instance state, DateTimeOffset at, ProcessIdentity process)
    {
        if (state.Phase != Spawning)
            return Ignore(state);
        var running = state with { Process = process };
        if (state.StopReason != StopReason.None)
            return Terminated(running, at);
        return unit.Startup is null ? StartedUp(running, at) : (Enter(running, Starting, at, unit.Startup.Budget), [ProbeStartup]);
    }

    private (Instance, IReadOnlyList<InstanceAction>) OnStartup(Instance state, StartupAnswered e)
    {
        var next = state with { Startup = state.Startup.Add(e.Passed) };
        return next.Startup.Judge(unit.Startup!) == ProbeVerdict.Passed ? StartedUp(next, e.At) : (next, []);
    }

    private (Instance, IReadOnlyList<InstanceAction>) StartedUp(Instance state, DateTimeOffset at) => unit.Readiness is null
        ? (Enter(state, Ready, at) with { WasReady = true }, [ProbeHealth, OpenTraffic])
        : (Enter(state, Running, at), [ProbeHealth]);

    private (Instance, IReadOnlyList<InstanceAction>) OnReadiness(Instance state, ReadinessAnswered e)
    {
        var next = state with { Readiness = state.Readiness.Add(e.Passed) };
        return (next.Readiness.Judge(unit.Readiness!), state.Phase) switch
        {
            (ProbeVerdict.Passed, Running) => (Enter(next, Ready, e.At) with { WasReady = true }, [OpenTraffic]),
            (ProbeVerdict.Failed, Ready) => (Enter(next, Running, e.At), [CloseTraffic]),
            _ => (next, []),
        };
    }

    private (Instance, IReadOnlyList<InstanceAction>) OnLiveness(Instance state, LivenessAnswered e)
    {
        var next = state with { Liveness = state.Liveness.Add(e.Passed) };
        return next.Liveness.Judge(unit.Liveness!) == ProbeVerdict.Failed
            ? Terminated(next with { StopReason = StopReason.Unhealthy }, e.At, StopProbing, CloseTraffic)
            : (next, []);
    }

    private (Instance, IReadOnlyList<InstanceAction>) OnTimer(Instance state, DateTimeOffset at) => state.Phase switch
    {
        Starting => Terminated(state with { StopReason = StopReason.StartupTimeout }, at, StopProbing),
        Draining => Terminated(state, at),
        Terminating or Killing => (Enter(state, Killing, at, KillAgain), [Kill]),
        Backoff or CrashLoop => Spawn(state with { Restarts = state.Restarts + 1 }, at),
        _ => Ignore(state),
    };

    private (Instance, IReadOnlyList<InstanceAction>) Ended(Instance state, DateTimeOffset at, ExitCause cause)
    {
        var gone = state with { Process = null };
        IReadOnlyList<InstanceAction> close = state.Phase.HasProcess() ? [StopProbing, CloseTraffic] : [];
        switch (state.StopReason)
        {
            case StopReason.Requested or StopReason.Shutdown:
                return (Enter(gone, Stopped, at) with { LastExit = $"{cause.Describe()}: stopped on request" }, close);
            case StopReason.Restart:
                var (next, spawn) = Spawn(gone with { LastExit = $"{cause.Describe()}: restarted on request", Tally = RestartTally.None }, at);
                return (next, [.. close, .. spawn]);
            default:
                return (Decided(gone, at, cause), close);
        }
    }

    private Instance Decided(Instance state, DateTimeOffset at, ExitCause cause)
    {
        TimeSpan? readyFor = state.Phase == Ready ? at - state.Since : null;
        // What a stop for ill health made of the exit says nothing: exit 0 after SIGTERM is still a failure.
        var judged = state.StopReason == StopReason.None ? cause : cause with { Kind = ExitKind.Killed };
        var decision = RestartTracker.Decide(unit.Restart, state.Tally, judged, at, readyFor, state.WasReady, random());
        var reason = state.StopReason switch
        {
            StopReason.Unhealthy => $"liveness probe failed; {cause.Describe()}",
            StopReason.StartupTimeout => $"startup probe did not pass within {unit.Startup?.Budget.TotalSeconds:0.###} s; {cause.Describe()}",
            _ => decision.Reason,
        };
        return decision switch
        {
            RestartAfter r => Enter(state, r.CrashLoop ? CrashLoop : Backoff, at, r.Delay) with { Tally = r.Tally, LastExit = reason },
            StayStopped => Enter(state, Stopped, at) with { LastExit = reason },
            _ => Enter(state, Failed, at) with { LastExit = reason },
        };
    }

    private (Instance, IReadOnlyList<InstanceAction>) Resume(Instance state, DateTimeOffset at) => state.Phase switch
    {
        // It may have been up for long with nobody to ask it, so the budget begins anew.
        Starting => (state with { Due = at + unit.Startup?.Budget }, [ProbeStartup]),
        Running => (state, [ProbeHealth]),
        Ready => (state, [ProbeHealth, OpenTraffic]),
        Draining or Terminating => Terminated(state, at),
        Killing => (state, [Kill]),
        Spawning => (state, [InstanceAction.Spawn]),
        _ => Ignore(state),
    };

    private static Instance Enter(Instance state, InstancePhase phase, DateTimeOffset at, TimeSpan? dueAfter = null) =>
        state with { Phase = phase, Since = at, Due = dueAfter is { } after ? at + after : null };
}
