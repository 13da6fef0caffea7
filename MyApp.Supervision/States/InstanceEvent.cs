using MyApp.Supervision.Processes;
using MyApp.Supervision.Restarts;

namespace MyApp.Supervision.States;

/// <summary>Something that happened to an instance. Time comes with it; the state machine has no clock.</summary>
public abstract record InstanceEvent(DateTimeOffset At);

public sealed record StartRequested(DateTimeOffset At) : InstanceEvent(At);

public sealed record StopRequested(DateTimeOffset At, StopReason Reason = StopReason.Requested) : InstanceEvent(At);

public sealed record RestartRequested(DateTimeOffset At) : InstanceEvent(At);

public sealed record Spawned(DateTimeOffset At, ProcessIdentity Process) : InstanceEvent(At);

public sealed record SpawnFailed(DateTimeOffset At, ExitCause Cause) : InstanceEvent(At);

/// <summary>The process and its group are gone.</summary>
public sealed record Exited(DateTimeOffset At, ExitCause Cause) : InstanceEvent(At);

public sealed record StartupAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

public sealed record ReadinessAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

public sealed record LivenessAnswered(DateTimeOffset At, bool Passed) : InstanceEvent(At);

/// <summary>No connection is left.</summary>
public sealed record Drained(DateTimeOffset At) : InstanceEvent(At);

/// <summary><see cref="Instance.Due"/> has come. One that is late finds a later or no due time, and is ignored.</summary>
public sealed record TimerElapsed(DateTimeOffset At) : InstanceEvent(At);

/// <summary>A new guard has found the process of this (restored) state alive and taken it over.</summary>
public sealed record Resumed(DateTimeOffset At) : InstanceEvent(At);
