using MyApp.Supervision.Control;

namespace MyApp.Supervision.States;

/// <summary>Where one running copy of a unit is in its life. Finer than what clients are told (<see cref="InstancePhases.ToState"/>).</summary>
public enum InstancePhase
{
    /// <summary>Declared; nobody has asked for it yet.</summary>
    Waiting,

    /// <summary>Asked for; what it depends on is not there yet.</summary>
    Blocked,

    /// <summary>On demand: the next connection starts it.</summary>
    StandBy,

    /// <summary>A job whose next time has not come.</summary>
    Scheduled,

    /// <summary>The process is being made.</summary>
    Spawning,

    /// <summary>The process runs; its startup probe has not passed.</summary>
    Starting,

    /// <summary>Started up and not ready.</summary>
    Running,

    /// <summary>Gets traffic.</summary>
    Ready,

    /// <summary>The process has ended by itself; what it has left running is being ended.</summary>
    Ending,

    /// <summary>To be stopped: no new connections, waiting for those it has.</summary>
    Draining,

    /// <summary>Its pre-stop program runs.</summary>
    PreStopping,

    /// <summary>Has got SIGTERM.</summary>
    Terminating,

    /// <summary>Has got SIGQUIT.</summary>
    Quitting,

    /// <summary>Has got SIGKILL.</summary>
    Killing,

    Stopped,

    /// <summary>Ended, and waits to be started again.</summary>
    Backoff,

    /// <summary>As <see cref="Backoff"/>, and it has failed so often that a person should look.</summary>
    CrashLoop,

    /// <summary>Ended and stays down until a person asks for it.</summary>
    Failed,
}

public static class InstancePhases
{
    public static InstanceState ToState(this InstancePhase phase) => phase switch
    {
        InstancePhase.Waiting or InstancePhase.Blocked or InstancePhase.StandBy or InstancePhase.Scheduled => InstanceState.Waiting,
        InstancePhase.Spawning or InstancePhase.Starting => InstanceState.Starting,
        InstancePhase.Running => InstanceState.Running,
        InstancePhase.Ready => InstanceState.Ready,
        >= InstancePhase.Ending and <= InstancePhase.Killing => InstanceState.Stopping,
        InstancePhase.Stopped => InstanceState.Stopped,
        InstancePhase.Backoff => InstanceState.Backoff,
        InstancePhase.CrashLoop => InstanceState.CrashLoop,
        _ => InstanceState.Failed,
    };

    /// <summary>It has come to rest: nothing happens until someone asks.</summary>
    public static bool IsAtRest(this InstancePhase phase) => phase is InstancePhase.Stopped or InstancePhase.Failed;

    public static bool HasProcess(this InstancePhase phase) => phase is >= InstancePhase.Starting and <= InstancePhase.Killing;

    /// <summary>Started up, and not yet to be stopped.</summary>
    public static bool IsUp(this InstancePhase phase) => phase is InstancePhase.Running or InstancePhase.Ready;
}
