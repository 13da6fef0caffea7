namespace MyApp.Supervision.Dossiers;

/// <summary>What an exit came from, as far as the traces say.</summary>
public enum DossierCause
{
    /// <summary>Nobody saw it end.</summary>
    Unknown,

    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>Nobody was connected to what is started on demand.</summary>
    Idle,

    /// <summary>Something it depends on was lost.</summary>
    DependencyLost,

    /// <summary>A liveness probe or a heartbeat did not come.</summary>
    Unhealthy,

    /// <summary>The startup probe did not pass in time.</summary>
    StartupTimeout,

    /// <summary>By itself, with a code and without a word that is understood.</summary>
    Exited,

    /// <summary>By a signal.</summary>
    Killed,
    OutOfMemory,
    PortTaken,
    MissingLibrary,

    /// <summary>The program is for another machine, no program at all, or its interpreter or loader is not there.</summary>
    WrongFormat,
    NotFound,
    NotPermitted,

    /// <summary>It says that its configuration is wrong (EX_CONFIG).</summary>
    BadConfig,

    /// <summary>A panic or an exception that nobody caught.</summary>
    UncaughtError,
}

/// <summary>Everything that is known about one exit of an instance.</summary>
public sealed record ExitDossier
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required string Release { get; init; }

    public required string Instance { get; init; }

    /// <summary>Null: it never ran.</summary>
    public int? Pid { get; init; }

    /// <summary>Null: it never ran, or was started by a guard before this one.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public DossierCause Cause { get; init; }

    /// <summary>How it ended, e.g. <c>exit 1</c> or <c>killed by SIGSEGV (core dumped)</c>.</summary>
    public required string Exit { get; init; }

    /// <summary>What is behind it in words, e.g. <c>port 8080 is taken by nginx (pid 812)</c>; null: no more is known.</summary>
    public string? Reason { get; init; }

    /// <summary>What followed, in words.</summary>
    public string? Then { get; init; }

    /// <summary>It had been ready in this run.</summary>
    public bool WasReady { get; init; }

    public string? LastProbe { get; init; }

    /// <summary>Restarts before this exit.</summary>
    public int Restarts { get; init; }

    /// <summary>Most memory it had at any time; null: not known.</summary>
    public long? MaxMemoryBytes { get; init; }

    public long? MemoryLimitBytes { get; init; }

    public double? CpuSeconds { get; init; }

    /// <summary>The last lines it wrote to standard output, oldest first; at most <see cref="KeptLines"/>.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>As <see cref="Output"/>, of standard error.</summary>
    public IReadOnlyList<string> Error { get; init; } = [];

    /// <summary>The goroutines a Go program printed at SIGQUIT; at most <see cref="MaxGoroutines"/> characters. Null: none were asked for.</summary>
    public string? Goroutines { get; init; }

    /// <summary>
    /// The release that was ready last before this one; null: there was none, or this one has been ready for <see cref="Units.RestartRule.ResetAfter"/> itself.
    /// </summary>
    public string? LastGoodRelease { get; init; }

    /// <summary>Fields that differ from <see cref="LastGoodRelease"/>; of the environment only names.</summary>
    public IReadOnlyList<string> ChangesSinceGood { get; init; } = [];

    public const int KeptLines = 200;

    public const int MaxGoroutines = 1024 * 1024;
}
