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

    /// <summary>Its liveness probe failed: started again through the backoff.</summary>
    Unhealthy,

    /// <summary>Its startup probe did not pass in time: started again through the backoff.</summary>
    StartupTimeout,
}

/// <summary>The whole state of one instance; kept in a file, so that a new guard goes on where the old one ended.</summary>
public sealed record Instance
{
    public InstancePhase Phase { get; init; } = InstancePhase.Waiting;

    /// <summary>When it entered <see cref="Phase"/>.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Set while a process runs.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>Times it was started again without anyone asking.</summary>
    public int Restarts { get; init; }

    public RestartTally Tally { get; init; } = RestartTally.None;

    /// <summary>This run has been ready at some time.</summary>
    public bool WasReady { get; init; }

    public StopReason StopReason { get; init; }

    public ProbeTally Startup { get; init; } = ProbeTally.None;

    public ProbeTally Readiness { get; init; } = ProbeTally.None;

    public ProbeTally Liveness { get; init; } = ProbeTally.None;

    /// <summary>When <see cref="TimerElapsed"/> is wanted; null: not at all.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Why it last ended and what followed, in words.</summary>
    public string? LastExit { get; init; }
}
