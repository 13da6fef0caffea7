using System.Text.Json.Serialization;
using MyApp.Supervision.Configs;

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
    /// Arguments after the executable's name. May hold the placeholders <c>${port}</c>, <c>${port:NAME}</c>,
    /// <c>${instance}</c> and <c>${config}</c>, which the target fills in for each instance; all others are resolved by the compiler.
    /// </summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Absolute working folder; null: the folder of the executable.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// The whole environment of the process; nothing is inherited. Values may hold the placeholders of <see cref="Args"/>.
    /// Written in ordinal key order.
    /// </summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The application's own values as a file, whose path is <c>${config}</c> in arguments and environment. Null: there is none.</summary>
    public ConfigFile? Config { get; init; }

    /// <summary>Operating-system user it runs as; null: a user of the service's own (made by the target), or the guard's own user where the guard is not root.</summary>
    public string? User { get; init; }

    /// <summary>What the process makes of itself before it becomes the program.</summary>
    public ProcessRule Process { get; init; } = new();

    public RestartRule Restart { get; init; } = new();

    public StopRule Stop { get; init; } = new();

    /// <summary>Null: a service. Set: a job, which runs to completion, and again when its schedule says so.</summary>
    public JobRule? Job { get; init; }

    /// <summary>Gates the other two. Null: started counts as started up.</summary>
    public Probe? Startup { get; init; }

    /// <summary>Decides whether an instance gets traffic; never restarts it. Null: running counts as ready.</summary>
    public Probe? Readiness { get; init; }

    /// <summary>Restarts an instance, through the backoff. Null: off.</summary>
    public Probe? Liveness { get; init; }

    /// <summary>The instance reports itself within an interval, or is restarted through the backoff. Null: off.</summary>
    public HeartbeatRule? Heartbeat { get; init; }

    /// <summary>The first is the main port, which <c>${port}</c> names.</summary>
    public IReadOnlyList<UnitPort> Ports { get; init; } = [];

    /// <summary>Who may connect.</summary>
    public Exposure Expose { get; init; } = Exposure.Loopback;

    public SocketMode Socket { get; init; } = SocketMode.None;

    /// <summary>Started by the first connection, and stopped when there was none for a while. Needs <see cref="SocketMode.Forward"/> or <see cref="SocketMode.Inherit"/>. Null: always up.</summary>
    public OnDemandRule? OnDemand { get; init; }

    /// <summary>Running copies; 1 to 1000.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>How many copies a restart may touch at once.</summary>
    public RollingRule Rolling { get; init; } = new();

    public LogRule Logs { get; init; } = new();

    public ResourceLimits Resources { get; init; } = new();

    public IReadOnlyList<UnitDependency> DependsOn { get; init; } = [];
}

/// <summary>What a process is given and denied beside its user; every member null: that of the guard.</summary>
public sealed record ProcessRule
{
    /// <summary>umask(2), 0 to 0777.</summary>
    public int Umask { get; init; } = 0b000_010_111;

    /// <summary>nice(2), -20 to 19.</summary>
    public int? Nice { get; init; }

    /// <summary>/proc/PID/oom_score_adj, -1000 to 1000: the higher, the sooner the kernel kills it when memory is short.</summary>
    public int? OomScoreAdjust { get; init; }

    /// <summary>prctl(PR_SET_NO_NEW_PRIVS): no program it starts gains anything by setuid bits or file capabilities.</summary>
    public bool NoNewPrivileges { get; init; } = true;

    /// <summary>Supplementary groups by name or number, beside those of the user. Needs a guard that is root.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Largest core file in bytes (RLIMIT_CORE).</summary>
    public long? CoreBytes { get; init; }

    /// <summary>Memory it may lock in bytes (RLIMIT_MEMLOCK).</summary>
    public long? LockedBytes { get; init; }

    /// <summary>Stack of its first thread in bytes (RLIMIT_STACK).</summary>
    public long? StackBytes { get; init; }
}

/// <summary>A named port. <see cref="Port"/> is what clients connect to; with <see cref="SocketMode.Forward"/> instances listen elsewhere.</summary>
public sealed record UnitPort(string Name, int Port);

public enum Exposure { Loopback, Host, Public }

/// <summary>How a listening socket reaches the instance. None: it binds the port itself, so one instance at a time.
/// Forward: the guard listens and forwards to ready instances on ephemeral ports. Inherit: descriptors by LISTEN_FDS.</summary>
public enum SocketMode { None, Forward, Inherit }

/// <param name="IdleAfter">Without a connection for this long, it is stopped; the next one starts it again.</param>
public sealed record OnDemandRule(TimeSpan IdleAfter);

public enum RestartPolicy { Always, OnFailure, Never }

/// <summary>
/// When and how fast an instance that ended is started again: at once after the first failure of one that had been ready; else after
/// <c>min(Max, Initial·2^(n-1)) · U(0.8, 1.2)</c>, n counting the failures in a row that had to wait.
/// </summary>
public sealed record RestartRule
{
    /// <summary>Of a job that is read without one: <see cref="RestartPolicy.OnFailure"/> (<see cref="UnitDefaults"/>).</summary>
    public RestartPolicy Policy { get; init; } = RestartPolicy.Always;

    public TimeSpan Initial { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Max { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ready for this long, and the count of failures starts anew.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Exit codes after which it stays stopped whatever the policy. 78 is EX_CONFIG of sysexits.h.</summary>
    public IReadOnlyList<int> NoRestartExits { get; init; } = [78];
}

/// <summary>Not ready → drain → pre-stop → SIGTERM → (opt-in) SIGQUIT → SIGKILL of the whole tree once the grace period is over.</summary>
public sealed record StopRule
{
    /// <summary>How long before the end of the grace period SIGQUIT is sent.</summary>
    public static TimeSpan QuitBefore { get; } = TimeSpan.FromSeconds(5);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From "no new connections" to SIGTERM, at most; it ends as soon as no connection is left.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Program and arguments run after the drain and before SIGTERM, as the unit's user and with its environment; part of the grace period. Empty: none.</summary>
    public IReadOnlyList<string> PreStop { get; init; } = [];

    /// <summary>SIGQUIT at <see cref="Grace"/> - <see cref="QuitBefore"/>: a Go program then prints its goroutines, which the exit dossier keeps.</summary>
    public bool Quit { get; init; }
}

/// <summary>What happens to a time of the schedule at which the guard was not running, or the job still was.</summary>
public enum MissedRuns { Skip, RunOnce }

/// <summary>A job runs to completion. <see cref="RestartRule"/> says how fast a failed run is tried again.</summary>
public sealed record JobRule
{
    /// <summary>Five-field cron expression (minute, hour, day of month, month, day of week). Null: it runs once.</summary>
    public string? Schedule { get; init; }

    /// <summary>IANA name, e.g. <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Tries after the first one of each run, before it counts as failed.</summary>
    public int Retries { get; init; } = 3;

    public MissedRuns Missed { get; init; } = MissedRuns.Skip;
}

/// <summary>The instance says in time that it is well: <c>WATCHDOG=1</c> to NOTIFY_SOCKET (sd_notify(3)), or a POST to HEARTBEAT_URL.</summary>
/// <param name="Interval">The longest silence; WATCHDOG_USEC tells it.</param>
public sealed record HeartbeatRule(TimeSpan Interval);

/// <summary>A restart of several copies goes through them in turn.</summary>
public sealed record RollingRule
{
    /// <summary>Copies that may be away at once; at least 1 unless <see cref="MaxSurge"/> is above 0.</summary>
    public int MaxUnavailable { get; init; } = 1;

    /// <summary>Copies started beside those asked for, before an old one is stopped. Above 0 needs <see cref="SocketMode.Forward"/> or <see cref="SocketMode.Inherit"/>, or no port.</summary>
    public int MaxSurge { get; init; }
}

/// <summary>
/// One question asked of an instance again and again. Exactly one of <see cref="HttpPath"/>, <see cref="Tcp"/>, <see cref="Exec"/>,
/// <see cref="Grpc"/> and <see cref="Notify"/> is set.
/// </summary>
public sealed record Probe
{
    /// <summary>Path asked with GET on <see cref="Port"/> over loopback. Redirects are not followed; only 2xx passes.</summary>
    public string? HttpPath { get; init; }

    /// <summary>With <see cref="HttpPath"/>: over TLS. The certificate is not checked, as it is for another name than 127.0.0.1.</summary>
    public bool Https { get; init; }

    /// <summary>Passes when a connection is accepted.</summary>
    public bool Tcp { get; init; }

    /// <summary>Program (absolute path) and arguments, run as the unit's user with its environment; passes with exit 0. Empty: not asked.</summary>
    public IReadOnlyList<string> Exec { get; init; } = [];

    /// <summary>Service name for grpc.health.v1.Health/Check, empty for the whole server; passes with SERVING. Null: not asked.</summary>
    public string? Grpc { get; init; }

    /// <summary>Startup only: passes when the instance sends <c>READY=1</c> to NOTIFY_SOCKET (sd_notify(3)).</summary>
    public bool Notify { get; init; }

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

/// <summary>What begins a new log file beside its size: nothing, the hour or the day (UTC).</summary>
public enum LogPeriod { None, Hour, Day }

/// <summary>What is in a log file. Lines: each line with its time and instance before it. Raw: the lines as the program wrote them, moved
/// inside the kernel.</summary>
public enum LogFormat { Lines, Raw }

/// <summary>How the instance's output is kept.</summary>
public sealed record LogRule
{
    /// <summary>Bytes after which a file is rotated.</summary>
    public long MaxFileBytes { get; init; } = 100L * 1024 * 1024;

    public LogPeriod Rotate { get; init; } = LogPeriod.None;

    public LogFormat Format { get; init; } = LogFormat.Lines;

    /// <summary>Rotated files kept beside the live one; null: any number, as age and total allow.</summary>
    // Its null is not its default, so it has to be written out.
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? KeepFiles { get; init; } = 3;

    /// <summary>Rotated files older than this are removed; null: age does not count.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>Bytes of all files of the service in the environment together; the oldest go first. Null: no cap.</summary>
    public long? MaxTotalBytes { get; init; }

    /// <summary>Member of a JSON line that says which file it belongs to, e.g. <c>level</c> or <c>stream</c>; null: lines are not looked into.</summary>
    public string? ClassifyBy { get; init; }
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

/// <summary>Something that must be there first. Exactly one of <see cref="Service"/>, <see cref="Check"/> and <see cref="Exec"/> is set.</summary>
public sealed record UnitDependency
{
    public required string Name { get; init; }

    /// <summary>Another service of the same environment under the same guard.</summary>
    public string? Service { get; init; }

    /// <summary>An address: <c>tcp://</c>, <c>http://</c>, <c>https://</c>, <c>postgres://</c> or <c>redis://</c>.</summary>
    public string? Check { get; init; }

    /// <summary>Program (absolute path) and arguments, run as the unit's user with its environment; there when it exits with 0.</summary>
    public IReadOnlyList<string> Exec { get; init; } = [];

    public DependencyCondition Condition { get; init; } = DependencyCondition.Ready;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    public DependencyLoss OnLoss { get; init; } = DependencyLoss.Ignore;
}
