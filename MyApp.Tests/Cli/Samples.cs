using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Dossiers;

namespace MyApp.Tests.Cli;

internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static ServiceView Orders { get; } = new()
    {
        Name = "orders",
        Environment = "dev",
        Release = "orders-dev-2",
        State = ServiceState.Ready,
        Url = "http://127.0.0.1:8080",
        Instances =
        [
            new InstanceView
            {
                Id = "orders-dev-2.0", Pid = 4711, State = "ready", Ready = true, Restarts = 1, Since = Noon.AddMinutes(-5), MemoryBytes = 12_900_000,
                CpuPercent = 0.25, Target = "guard", Host = "build-1", LastProbe = "readiness: GET /health/ready: 200 OK",
                LastExit = "killed by SIGKILL",
            },
        ],
    };

    public static ExitDossier Exit { get; } = new()
    {
        Service = "orders", Environment = "dev", Release = "orders-dev-2", Instance = "orders-dev-2.0", Pid = 4710, StartedAt = Noon.AddMinutes(-6), EndedAt = Noon.AddMinutes(-5),
        Cause = DossierCause.PortTaken, Exit = "exit 1", Reason = "port 8080 is taken by nginx (pid 812)", Then = "started again at once", Restarts = 0,
        LastProbe = "startup: GET /health/ready: connection refused", Error = ["listening on :8080", "bind: address already in use", "\u001b[2Jbye"],
        Goroutines = "SIGQUIT: quit\n\ngoroutine 1 [running]:\nmain.main()\n", LastGoodRelease = "orders-dev-1", ChangesSinceGood = ["ports", "env.GIN_MODE"],
    };

    public static ServiceView Waiting { get; } = new()
    {
        Name = "billing", Environment = "dev", State = ServiceState.Waiting,
        Instances =
        [
            new InstanceView
            {
                Id = "billing-dev-1.0", State = "waiting", Since = Noon.AddSeconds(-20), Target = "guard", Host = "build-1",
                WaitsFor = "db: postgres://127.0.0.1:5432: connection refused", Enforcement = "cgroup v1: tree, memory; rlimit: files", DroppedLines = 12,
                NextStart = Noon.AddSeconds(8),
            },
        ],
    };

    public static ServiceView Payments { get; } = new()
    {
        Name = "payments", Environment = "dev", State = ServiceState.CrashLoop,
        Instances =
        [
            new InstanceView { Id = "payments-dev-1.0", State = "crashLoop", Restarts = 12, Since = Noon.AddHours(-3), Target = "guard", Host = "build-1" },
        ],
    };
}
