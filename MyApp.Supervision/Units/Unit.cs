namespace MyApp.Supervision.Units;

/// <summary>
/// The one intermediate form: everything needed to run one executable, and nothing about where. Resolved and immutable;
/// all defaults are applied before a Unit exists, so null means "absent" and never "default".
/// </summary>
public sealed record Unit
{
    /// <summary>The service's name: 1–63 lower-case letters, digits and hyphens, starting with a letter.</summary>
    public required string Service { get; init; }

    /// <summary>The environment it was resolved for, e.g. <c>dev</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>Id of the release this unit belongs to, e.g. <c>orders-dev-2</c>. Service, environment and release name a unit.</summary>
    public required string Release { get; init; }

    /// <summary>Absolute path of the executable.</summary>
    public required string Executable { get; init; }

    /// <summary>
    /// Arguments after the executable's name. May hold the placeholders <c>${port}</c>, <c>${port:NAME}</c> and
    /// <c>${instance}</c>, which the target fills in for each instance; all others are resolved by the compiler.
    /// </summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Absolute working folder; null: the folder of the executable.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// The whole environment of the process; nothing is inherited. Values may hold the placeholders of <see cref="Args"/>.
    /// Written in ordinal key order.
    /// </summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Operating-system user it runs as; null: a user of the service's own (made by the target), or the guard's own user where the guard is not root.</summary>
    public string? User { get; init; }

    public RestartRule Restart { get; init; } = new();

    public StopRule Stop { get; init; } = new();

    /// <summary>Gates the other two. Null: started counts as started up.</summary>
    public Probe? Startup { get; init; }

    /// <summary>Decides whether an instance gets traffic; never restarts it. Null: running counts as ready.</summary>
    public Probe? Readiness { get; init; }

    /// <summary>Restarts an instance, through the backoff. Null: off.</summary>
    public Probe? Liveness { get; init; }

    /// <summary>The first is the main port, which <c>${port}</c> names.</summary>
    public IReadOnlyList<UnitPort> Ports { get; init; } = [];

    /// <summary>Who may connect.</summary>
    public Exposure Expose { get; init; } = Exposure.Loopback;

    public SocketMode Socket { get; init; } = SocketMode.None;

    /// <summary>Running copies; 1 to 1000.</summary>
    public int Replicas { get; init; } = 1;

    public LogRule Logs { get; init; } = new();

    public ResourceLimits Resources { get; init; } = new();

    public IReadOnlyList<UnitDependency> DependsOn { get; init; } = [];
}

/// <summary>A named port. <see cref="Port"/> is what clients connect to; with <see cref="SocketMode.Forward"/> instances listen elsewhere.</summary>
public sealed record UnitPort(string Name, int Port);

public enum Exposure { Loopback, Host, Public }

/// <summary>How a listening socket reaches the instance. None: it binds the port itself, so one instance at a time.
/// Forward: the guard listens and forwards to ready instances on ephemeral ports. Inherit: descriptors by LISTEN_FDS.</summary>
public enum SocketMode { None, Forward, Inherit }

public enum RestartPolicy { Always, OnFailure, Never }

/// <summary>When and how fast an instance that ended is started again: <c>min(Max, Initial·2^(n-1)) · U(0.8, 1.2)</c>.</summary>
public sealed record RestartRule
{
    public RestartPolicy Policy { get; init; } = RestartPolicy.Always;

    public TimeSpan Initial { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Max { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ready for this long, and the count of failures starts anew.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Exit codes after which it stays stopped whatever the policy. 78 is EX_CONFIG of sysexits.h.</summary>
    public IReadOnlyList<int> NoRestartExits { get; init; } = [78];
}

/// <summary>Not ready → drain → SIGTERM → SIGKILL of the whole process group once the grace period is over.</summary>
public sealed record StopRule
{
    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From "no new connections" to SIGTERM, at most; it ends as soon as no connection is left.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>One question asked of an instance again and again. Exactly one of <see cref="HttpPath"/> and <see cref="Tcp"/> is set.</summary>
public sealed record Probe
{
    /// <summary>Path asked with GET on <see cref="Port"/> over loopback. Redirects are not followed; only 2xx passes.</summary>
    public string? HttpPath { get; init; }

    /// <summary>Passes when a connection is accepted.</summary>
    public bool Tcp { get; init; }

    /// <summary>Name of the port asked; null: the main one.</summary>
    public string? Port { get; init; }

    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures in a row that make it fail.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>Successes in a row that make it pass.</summary>
    public int Successes { get; init; } = 1;

    /// <summary>Startup only: time from the start of the process within which it must pass.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>How the instance's output is kept.</summary>
public sealed record LogRule
{
    /// <summary>Bytes after which a file is rotated.</summary>
    public long MaxFileBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>Rotated files kept beside the live one.</summary>
    public int KeepFiles { get; init; } = 3;
}

/// <summary>Every member null: no limit.</summary>
public sealed record ResourceLimits
{
    public int? CpuRequestMillicores { get; init; }

    public int? CpuLimitMillicores { get; init; }

    public long? MemoryRequestBytes { get; init; }

    public long? MemoryLimitBytes { get; init; }

    public int? Pids { get; init; }

    /// <summary>RLIMIT_NOFILE.</summary>
    public long? Files { get; init; }
}

public enum DependencyCondition { Started, Ready, Completed }

public enum DependencyLoss { Ignore, NotReady, Restart, Stop }

/// <summary>Something that must be there first: another service, or an address (<c>tcp://</c>, <c>http://</c>, <c>postgres://</c>, <c>redis://</c>).</summary>
public sealed record UnitDependency
{
    public required string Name { get; init; }

    /// <summary>Set for another service; then <see cref="Check"/> is null.</summary>
    public string? Service { get; init; }

    public string? Check { get; init; }

    public DependencyCondition Condition { get; init; } = DependencyCondition.Ready;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    public DependencyLoss OnLoss { get; init; } = DependencyLoss.Ignore;
}
