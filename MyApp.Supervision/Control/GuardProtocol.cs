using MyApp.Supervision.Configs;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Supervision.Control;

/// <summary>
/// One line a client sends over the guard's unix socket. Which members an <see cref="Op"/> needs is in docs/guard-protocol.md.
/// </summary>
public sealed record GuardRequest
{
    /// <summary>Chosen by the client, repeated in every answer.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// <c>hello</c>, <c>status</c>, <c>apply</c> (declare a unit and start it; the same unit again changes nothing),
    /// <c>switch</c> (send the service's traffic to this release and make it the one started at boot), <c>remove</c> (drain, stop,
    /// forget a release), <c>start</c>, <c>stop</c>, <c>restart</c> (of the service's current release), <c>logs</c>, <c>watch</c>; since
    /// protocol 2 <c>check</c> (would this unit be taken?), <c>why</c>, <c>reload</c>, <c>metrics</c>, <c>upgrade</c>; since protocol 4
    /// <c>refresh</c> (give a running release other values of its file).
    /// </summary>
    public required string Op { get; init; }

    /// <summary>The protocol the client means; null: the guard's own.</summary>
    public int? Protocol { get; init; }

    public Unit? Unit { get; init; }

    public string? Service { get; init; }

    public string? Environment { get; init; }

    public string? Release { get; init; }

    /// <summary>refresh: all values of the file, in place of those it has.</summary>
    public IReadOnlyDictionary<string, ConfigValue>? Values { get; init; }

    /// <summary>refresh: what the client calls these values; <c>status</c> repeats it. 1 to 100 printable characters without blanks.</summary>
    public string? Revision { get; init; }

    /// <summary>logs: <c>access</c>, <c>error</c> or <c>trace</c>; null: all.</summary>
    public string? Stream { get; init; }

    /// <summary>logs: only lines from this time on; null: from the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>logs: lines from the end to begin with. why: exits from the last back.</summary>
    public int? Tail { get; init; }

    /// <summary>reload: only say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>upgrade: absolute path of the guard to become; null: the file this one was started from.</summary>
    public string? Binary { get; init; }

    /// <summary>logs: go on with new lines until the client closes.</summary>
    public bool Follow { get; init; }
}

/// <summary>
/// One line the guard answers. Exactly one of the members beside <see cref="Id"/> is set; a stream (logs, watch) sends many and
/// ends with <see cref="Done"/>.
/// </summary>
public sealed record GuardResponse
{
    public required string Id { get; init; }

    public GuardHello? Hello { get; init; }

    public GuardStatus? Status { get; init; }

    public GuardLogLine? Log { get; init; }

    /// <summary>watch: the unit whose status has just changed, whole.</summary>
    public UnitStatus? Changed { get; init; }

    /// <summary>why: one exit; the last one first.</summary>
    public ExitDossier? Dossier { get; init; }

    public ReloadReport? Reload { get; init; }

    /// <summary>metrics: in the text format of Prometheus.</summary>
    public string? Metrics { get; init; }

    public GuardFault? Fault { get; init; }

    /// <summary>The request was carried out, or the stream has ended.</summary>
    public bool Done { get; init; }
}

public sealed record GuardHello(int Protocol, string Version, int Pid, DateTimeOffset Since)
{
    public const int CurrentProtocol = 4;

    /// <summary>The oldest protocol it still understands; all up to <see cref="Protocol"/> are.</summary>
    public int OldestProtocol { get; init; } = Oldest;

    public const int Oldest = 1;
}

/// <summary>Codes: <c>bad-request</c>, <c>not-found</c>, <c>port-taken</c>, <c>conflict</c>, <c>unsupported</c>, <c>internal</c>.</summary>
public sealed record GuardFault(string Code, string Message);

public sealed record GuardStatus(IReadOnlyList<UnitStatus> Units);

public sealed record UnitStatus
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    public required string Release { get; init; }

    /// <summary>It is the release that gets the traffic and is started at boot.</summary>
    public bool Current { get; init; }

    /// <summary>It runs to its end.</summary>
    public bool Job { get; init; }

    /// <summary>Where clients reach the service, e.g. <c>http://127.0.0.1:8080</c>; null without a port.</summary>
    public string? Url { get; init; }

    /// <summary>Why lines of the service are not logged now, in words; null: all are.</summary>
    public string? LogTrouble { get; init; }

    /// <summary>Where its file of values stands; null: it has none that can be refreshed.</summary>
    public ValuesStatus? Values { get; init; }

    public IReadOnlyList<InstanceStatus> Instances { get; init; } = [];
}

/// <summary>How far a refresh has come. It is under way while <see cref="Asked"/> is set and <see cref="Problem"/> is not.</summary>
public sealed record ValuesStatus
{
    /// <summary>Of the values that an instance gets when it starts, and that all have that are up; null: those the unit was declared with.</summary>
    public string? Revision { get; init; }

    /// <summary>Of the values that the instances are being given, or that were taken back; null: neither.</summary>
    public string? Asked { get; init; }

    /// <summary>Why the values of <see cref="Asked"/> were taken back, in words; null: they were not.</summary>
    public string? Problem { get; init; }
}

public enum InstanceState { Waiting, Starting, Running, Ready, Stopping, Stopped, Backoff, CrashLoop, Failed }

public sealed record InstanceStatus
{
    /// <summary><c>{service}-{environment}-{number of the release}.{replica}</c>, e.g. <c>orders-dev-2.0</c>.</summary>
    public required string Id { get; init; }

    public InstanceState State { get; init; }

    /// <summary>Null while no process runs.</summary>
    public int? Pid { get; init; }

    public bool Ready { get; init; }

    /// <summary>A job whose last run ended well.</summary>
    public bool Completed { get; init; }

    public int Restarts { get; init; }

    /// <summary>When it entered this state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Bytes in use by everything the instance has started: as its control group counts them, else the sum of resident ones.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Of one core, over the last sampling interval.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>By what its processes are held together and limited, e.g. <c>cgroup v2: tree, memory; rlimit: files</c>.</summary>
    public string? Enforcement { get; init; }

    /// <summary>Ports the instance itself listens on, by name.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new SortedDictionary<string, int>(StringComparer.Ordinal);

    /// <summary>The last probe answer in words (of a probe that fails, as long as it does), e.g. <c>startup: GET /health/ready: 503 Service Unavailable</c>.</summary>
    public string? LastProbe { get; init; }

    /// <summary>What it last said of itself (STATUS= to NOTIFY_SOCKET).</summary>
    public string? Said { get; init; }

    /// <summary>Why it last ended, in words, e.g. <c>exit 78 (EX_CONFIG): will not be restarted</c> or <c>killed by SIGKILL</c>.</summary>
    public string? LastExit { get; init; }

    /// <summary>The last lines it wrote to standard error and output, oldest first; at most 20.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Lines lost since the guard was started, because their file could not be written. The file says where they are missing.</summary>
    public long DroppedLines { get; init; }

    /// <summary>When it will be started again: after a backoff, or as the schedule of a job says; null: not by the clock.</summary>
    public DateTimeOffset? NextStart { get; init; }

    /// <summary>What keeps it from starting, or from its traffic, in words, e.g. <c>db: postgres://127.0.0.1:5432: connection refused</c>; null: nothing.</summary>
    public string? WaitsFor { get; init; }
}

public sealed record GuardLogLine(DateTimeOffset Time, string Stream, string Instance, string Text);
