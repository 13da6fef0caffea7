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
        new("run.args", Support.Native),
        new("run.user", Support.Native, "where the guard is root"),
        new("run.workdir", Support.Native),
        new("run.env", Support.Native),
        new("ports", Support.Native),
        new("expose", Support.Native),
        new("socket.forward", Support.Native, "forwards to ready instances on ports of their own"),
        new("socket.inherit", Support.Lost, "LISTEN_FDS is not handed over yet"),
        new("socket.none", Support.Native, "one release at a time"),
        new("health.startup", Support.Native),
        new("health.readiness", Support.Native),
        new("health.liveness", Support.Native),
        new("restart", Support.Native),
        new("stop", Support.Native),
        new("resources.cpu", Support.Lost, "no control groups yet"),
        new("resources.memory", Support.Lost, "no control groups yet"),
        new("resources.pids", Support.Lost, "no control groups yet"),
        new("resources.files", Support.Native),
        new("dependsOn", Support.Lost, "starts without waiting"),
        new("replicas", Support.Native),
        new("logs.rotate", Support.Lost, "rotates by size only"),
        new("logs.keep", Support.Lost, "keeps by number of files only"),
        new("logs.maxTotal", Support.Emulated, "as the size of each of four files"),
    ];

    /// <summary>The lost fields that this spec uses.</summary>
    public static IEnumerable<Capability> Lost(ServiceSpec spec) => Table.Where(row => row.Support == Support.Lost && Uses(spec, row.Field));

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
