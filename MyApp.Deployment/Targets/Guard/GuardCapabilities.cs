using MyApp.Deployment.Specs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Targets.Guard;

/// <summary>The guard's column of the table of fields and targets, and what follows from it.</summary>
public static class GuardCapabilities
{
    public const string Target = "guard";

    /// <summary>Every field of a spec that a target has to do with, in the order of reference.yaml.</summary>
    public static IReadOnlyList<Capability> Table { get; } =
    [
        new("run.args", FieldSupport.Native),
        new("run.user", FieldSupport.Native, "where the guard is root"),
        new("run.workdir", FieldSupport.Native),
        new("run.env", FieldSupport.Native),
        new("ports", FieldSupport.Native),
        new("expose", FieldSupport.Native),
        new("socket.forward", FieldSupport.Native, "forwards to ready instances on ports of their own"),
        new("socket.inherit", FieldSupport.Lost, "LISTEN_FDS is not handed over yet"),
        new("socket.none", FieldSupport.Native, "one release at a time"),
        new("health.startup", FieldSupport.Native),
        new("health.readiness", FieldSupport.Native),
        new("health.liveness", FieldSupport.Native),
        new("restart", FieldSupport.Native),
        new("stop", FieldSupport.Native),
        new("resources.cpu", FieldSupport.Lost, "no control groups yet"),
        new("resources.memory", FieldSupport.Lost, "no control groups yet"),
        new("resources.pids", FieldSupport.Lost, "no control groups yet"),
        new("resources.files", FieldSupport.Native),
        new("dependsOn", FieldSupport.Lost, "starts without waiting"),
        new("replicas", FieldSupport.Native),
        new("logs.rotate", FieldSupport.Lost, "rotates by size only"),
        new("logs.keep", FieldSupport.Lost, "keeps by number of files only"),
        new("logs.maxTotal", FieldSupport.Emulated, "as the size of each of four files"),
    ];

    /// <summary>The lost fields that this spec uses.</summary>
    public static IEnumerable<Capability> Lost(ServiceSpec spec) => Table.Where(row => row.Support == FieldSupport.Lost && Uses(spec, row.Field));

    public static string Code(string field) => $"{Target}.{field}";

    private static bool Uses(ServiceSpec spec, string field) => field switch
    {
        "socket.inherit" => spec.Socket == SocketMode.Inherit,
        "resources.cpu" => spec.Resources.CpuLimitMillicores is not null || spec.Resources.CpuRequestMillicores is not null,
        "resources.memory" => spec.Resources.MemoryLimitBytes is not null || spec.Resources.MemoryRequestBytes is not null,
        "resources.pids" => spec.Resources.Pids is not null,
        "dependsOn" => spec.DependsOn.Count > 0,
        "logs.rotate" => spec.Logs.Rotate != LogRotation.Size,
        "logs.keep" => spec.Logs.Keep is not null,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "a lost field needs a line here"),
    };

    /// <summary>The unit without what the guard would refuse. Called once every loss has been accepted.</summary>
    internal static Unit Reduce(Unit unit) => unit with
    {
        Socket = unit.Socket == SocketMode.Inherit ? SocketMode.Forward : unit.Socket,
        Resources = new() { Files = unit.Resources.Files },
        DependsOn = [],
    };
}
