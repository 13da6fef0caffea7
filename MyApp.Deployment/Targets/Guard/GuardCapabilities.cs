namespace MyApp.Deployment.Targets.Guard;

/// <summary>The guard's column of the table of fields and targets.</summary>
public static class GuardCapabilities
{
    public const string Target = "guard";

    private const string ByGroup = "cgroup v2 or v1; where the machine has neither, refused by name";

    /// <summary>Every field of a spec that a target has to do with, in the order of reference.yaml.</summary>
    public static IReadOnlyList<Capability> Table { get; } =
    [
        new("run.args", FieldSupport.Native),
        new("run.user", FieldSupport.Native, "where the guard is root"),
        new("run.workdir", FieldSupport.Native),
        new("run.groups", FieldSupport.Native, "where the guard is root"),
        new("run.umask", FieldSupport.Native),
        new("run.nice", FieldSupport.Native, "below 0 where the guard is root"),
        new("run.oomScoreAdjust", FieldSupport.Native, "below its own where the guard is root"),
        new("run.noNewPrivileges", FieldSupport.Native),
        new("run.coreSize", FieldSupport.Native),
        new("run.lockedMemory", FieldSupport.Native),
        new("run.stackSize", FieldSupport.Native),
        new("run.env", FieldSupport.Native),
        new("app", FieldSupport.Native),
        new("config.deliver", FieldSupport.Native, "a file is one instance's own, and only its user's to read"),
        new("config.onChange", FieldSupport.Native, "by the control plane; signal: SIGHUP to the program itself"),
        new("ports", FieldSupport.Native),
        new("expose", FieldSupport.Native, "host and public alike: all addresses"),
        new("socket.forward", FieldSupport.Native, "forwards to ready instances on ports of their own"),
        new("socket.inherit", FieldSupport.Native, "LISTEN_FDS; the kernel's queue holds connections meanwhile"),
        new("socket.none", FieldSupport.Native, "one release at a time"),
        new("onDemand", FieldSupport.Native),
        new("health.startup", FieldSupport.Native),
        new("health.readiness", FieldSupport.Native),
        new("health.liveness", FieldSupport.Native),
        new("health.heartbeat", FieldSupport.Native),
        new("job", FieldSupport.Native),
        new("restart", FieldSupport.Native),
        new("stop", FieldSupport.Native),
        new("resources.cpu", FieldSupport.Native, ByGroup),
        new("resources.memory", FieldSupport.Native, ByGroup),
        new("resources.pids", FieldSupport.Native, ByGroup),
        new("resources.files", FieldSupport.Native),
        new("dependsOn", FieldSupport.Native),
        new("replicas", FieldSupport.Native),
        new("rolling", FieldSupport.Native),
        new("logs", FieldSupport.Native),
    ];
}
