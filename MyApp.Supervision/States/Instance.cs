using MyApp.Supervision.Probes;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;

namespace MyApp.Supervision.States;

/// <summary>Why an instance is, or was, stopped; it decides what follows when it has ended.</summary>
public enum StopReason
{
    None,

    /// <summary>A person or a rollout asked for it: it stays stopped.</summary>
    Requested,

    /// <summary>The guard ends: it stays stopped, and starts again with the next guard.</summary>
    Shutdown,

    /// <summary>To be started again at once.</summary>
    Restart,

    /// <summary>Nobody was connected for a while: the next connection starts it.</summary>
    Idle,

    /// <summary>Something it depends on was lost: started again when that is back.</summary>
    DependencyLost,

    /// <summary>Something it depends on was lost: it stays stopped.</summary>
    StoppedWithDependency,

    /// <summary>Its liveness probe failed: started again through the backoff.</summary>
    Unhealthy,

    /// <summary>It did not report itself in time: started again through the backoff.</summary>
    Silent,

    /// <summary>Its startup probe did not pass in time: started again through the backoff.</summary>
    StartupTimeout,
}

/// <summary>Why an instance that passes its probes gets no traffic all the same.</summary>
[Flags]
public enum TrafficHold
{
    None = 0,

    /// <summary>Something it depends on is away.</summary>
    DependencyLost = 1,

    /// <summary>It said that it is about to end.</summary>
    Leaving = 2,
}

/// <summary>The whole state of one instance; kept in a file, so that a new guard goes on where the old one ended.</summary>
public sealed record Instance
{
    public InstancePhase Phase { get; init; } = InstancePhase.Waiting;

    /// <summary>When it entered <see cref="Phase"/>.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Set while a process runs.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>When this run's process was made.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Times it was started again without anyone asking.</summary>
    public int Restarts { get; init; }

    public RestartTally Tally { get; init; } = RestartTally.None;

    /// <summary>This run has been ready at some time.</summary>
    public bool WasReady { get; init; }

    /// <summary>For how long it had been ready when its process ended, and something was left; null: it was not.</summary>
    public TimeSpan? ReadyFor { get; init; }

    public StopReason StopReason { get; init; }

    /// <summary>Why it is to be restarted as soon as that is granted; <see cref="StopReason.None"/>: it is well.</summary>
    public StopReason Ailing { get; init; }

    public TrafficHold Hold { get; init; }

    /// <summary>What it depends on has been there since someone last asked for it.</summary>
    public bool DependenciesMet { get; init; }

    public ProbeTally Startup { get; init; } = ProbeTally.None;

    public ProbeTally Readiness { get; init; } = ProbeTally.None;

    public ProbeTally Liveness { get; init; } = ProbeTally.None;

    /// <summary>When <see cref="TimerElapsed"/> is wanted; null: not at all.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>While it is being stopped: when it gets SIGKILL.</summary>
    public DateTimeOffset? KillAt { get; init; }

    /// <summary>A job: the time of its schedule that comes next.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>A job: its last run ended well.</summary>
    public bool Completed { get; init; }

    /// <summary>Why it last ended and what followed, in words.</summary>
    public string? LastExit { get; init; }

    /// <summary>For how long it has been ready, or had been when its process ended; null: it is not, or was not.</summary>
    public TimeSpan? ReadyUntil(DateTimeOffset at) => Phase == InstancePhase.Ready ? at - Since : ReadyFor;
}
