using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;

namespace MyApp.Supervision.States;

/// <summary>Something that happened to an instance. Time comes with it; the state machine has no clock.</summary>
public abstract record InstanceEvent(DateTimeOffset At);

public sealed record StartRequested(DateTimeOffset At) : InstanceEvent(At);

/// <summary>To be started by the first connection; for units on demand.</summary>
public sealed record StandByRequested(DateTimeOffset At) : InstanceEvent(At);

public sealed record StopRequested(DateTimeOffset At, StopReason Reason = StopReason.Requested) : InstanceEvent(At);

public sealed record RestartRequested(DateTimeOffset At) : InstanceEvent(At);

public sealed record DependenciesMet(DateTimeOffset At) : InstanceEvent(At);

/// <param name="Text">Which one, and what it last answered.</param>
public sealed record DependencyTimedOut(DateTimeOffset At, string Text) : InstanceEvent(At);

/// <param name="Text">Which one, and what it last answered.</param>
public sealed record DependencyLost(DateTimeOffset At, DependencyLoss OnLoss, string Text) : InstanceEvent(At);

/// <summary>Everything that was lost with <see cref="DependencyLoss.NotReady"/> is there again.</summary>
public sealed record DependenciesBack(DateTimeOffset At) : InstanceEvent(At);

/// <summary>A connection waits for the unit.</summary>
public sealed record Wanted(DateTimeOffset At) : InstanceEvent(At);

/// <summary>There was no connection for as long as the unit's rule says.</summary>
public sealed record IdleElapsed(DateTimeOffset At) : InstanceEvent(At);

public sealed record Spawned(DateTimeOffset At, ProcessIdentity Process) : InstanceEvent(At);

public sealed record SpawnFailed(DateTimeOffset At, ExitCause Cause) : InstanceEvent(At);

/// <summary>The process itself has ended, and something it has started has not yet.</summary>
public sealed record ProcessEnded(DateTimeOffset At) : InstanceEvent(At);

/// <summary>The process and its whole tree are gone.</summary>
public sealed record Exited(DateTimeOffset At, ExitCause Cause) : InstanceEvent(At);

public sealed record StartupAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

public sealed record ReadinessAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

public sealed record LivenessAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

/// <summary>Something an instance says of itself.</summary>
public abstract record InstanceNotice(DateTimeOffset At) : InstanceEvent(At);

/// <summary>The instance said that it is well.</summary>
public sealed record HeartbeatReceived(DateTimeOffset At) : InstanceNotice(At);

/// <summary>The instance said <c>WATCHDOG=trigger</c>: it is to be treated as one that was silent for too long.</summary>
public sealed record HeartbeatFailed(DateTimeOffset At) : InstanceNotice(At);

/// <summary>The instance said <c>EXTEND_TIMEOUT_USEC=</c>: its start, or its end, takes so much longer from now.</summary>
public sealed record TimeoutExtended(DateTimeOffset At, TimeSpan By) : InstanceNotice(At);

/// <summary>The instance said <c>READY=1</c>.</summary>
public sealed record NotifiedReady(DateTimeOffset At) : InstanceNotice(At);

/// <summary>The instance said <c>STOPPING=1</c>.</summary>
public sealed record NotifiedStopping(DateTimeOffset At) : InstanceNotice(At);

/// <summary>An ill instance may be restarted now.</summary>
public sealed record RestartGranted(DateTimeOffset At) : InstanceEvent(At);

/// <summary>No connection is left.</summary>
public sealed record Drained(DateTimeOffset At) : InstanceEvent(At);

public sealed record PreStopEnded(DateTimeOffset At) : InstanceEvent(At);

/// <summary><see cref="Instance.Due"/> has come. One that is late finds a later or no due time, and is ignored.</summary>
/// <param name="Due">The due time it is of, as the clock may have jumped beyond a later one since; null: whichever there is.</param>
public sealed record TimerElapsed(DateTimeOffset At, DateTimeOffset? Due = null) : InstanceEvent(At);

/// <summary>A new guard has found the process of this (restored) state alive and taken it over.</summary>
public sealed record Resumed(DateTimeOffset At) : InstanceEvent(At);
