using MyApp.Deployment.Environments;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>
/// What a person wrote for one service in one environment, overlay and defaults applied. reference.yaml documents every member; null
/// here means that nothing was written and the answer depends on something the spec does not know (the source, the target).
/// </summary>
public sealed record ServiceSpec
{
    public required string Service { get; init; }

    public required string Environment { get; init; }

    /// <summary>Environments this one inherits from, the nearest first.</summary>
    public IReadOnlyList<string> Inherits { get; init; } = [];

    /// <summary>What holds for shipping to the environment.</summary>
    public EnvironmentRules Rules { get; init; } = EnvironmentRules.None;

    public BuildSpec Build { get; init; } = new();

    public RunSpec Run { get; init; } = new();

    public ConfigSpec Config { get; init; } = new();

    /// <summary>The first is the main one. Empty: the service listens on none.</summary>
    public IReadOnlyList<UnitPort> Ports { get; init; } = [];

    public Exposure Expose { get; init; } = Exposure.Loopback;

    /// <summary>Forward with a port, none without.</summary>
    public SocketMode Socket { get; init; } = SocketMode.None;

    /// <summary>Null: always up.</summary>
    public OnDemandRule? OnDemand { get; init; }

    public HealthSpec Health { get; init; } = new();

    /// <summary>Null: a service.</summary>
    public JobRule? Job { get; init; }

    /// <summary>Of a service always, of a job on failure, unless another policy was written.</summary>
    public RestartRule Restart { get; init; } = new();

    public StopRule Stop { get; init; } = new();

    public ResourceLimits Resources { get; init; } = new();

    public IReadOnlyList<UnitDependency> DependsOn { get; init; } = [];

    /// <summary>1 to 1000.</summary>
    public int Replicas { get; init; } = 1;

    public RollingRule Rolling { get; init; } = new();

    public LogSpec Logs { get; init; } = new();

    /// <summary>Only <c>guard</c> can be deployed to yet.</summary>
    public string Target { get; init; } = "guard";

    /// <summary>What is said against it and accepted.</summary>
    public IReadOnlyList<Acceptance> Accept { get; init; } = [];

    /// <summary>Levels of preflight rules by their id; they raise what holds in the environment and never lower it.</summary>
    public IReadOnlyDictionary<string, Severity> Preflight { get; init; } = new SortedDictionary<string, Severity>(StringComparer.Ordinal);

    /// <summary>It is for this environment, or for one that inherits from it.</summary>
    public bool IsFor(string environment) => Environment == environment || Inherits.Contains(environment, StringComparer.Ordinal);

    /// <summary>Where each value was written, by its path, e.g. <c>run.env.GIN_MODE</c>.</summary>
    public required IReadOnlyDictionary<string, Origin> Origins { get; init; }
}

public sealed record RunSpec
{
    public IReadOnlyList<string> Args { get; init; } = [];

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public ProcessRule Process { get; init; } = new();
}

/// <summary>A null probe is off.</summary>
public sealed record HealthSpec
{
    public Probe? Startup { get; init; }

    public Probe? Readiness { get; init; }

    public Probe? Liveness { get; init; }

    /// <summary>Null: off.</summary>
    public HeartbeatRule? Heartbeat { get; init; }
}

/// <summary>What was written of logs. What is null follows from the environment and from what else is there.</summary>
public sealed record LogSpec
{
    public LogPeriod? Rotate { get; init; }

    public LogFormat Format { get; init; } = LogFormat.Lines;

    /// <summary>Age after which rotated files are removed.</summary>
    public TimeSpan? Keep { get; init; }

    /// <summary>Rotated files kept.</summary>
    public int? Files { get; init; }

    /// <summary>Bytes of one file.</summary>
    public long? MaxFile { get; init; }

    /// <summary>Bytes of all files of the service in the environment.</summary>
    public long? MaxTotal { get; init; }

    /// <summary>Member of a JSON line that says which file it belongs to; null: lines are not looked into.</summary>
    public string? ClassifyBy { get; init; }
}
