using MyApp.Deployment.ControlPlane;

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

    public static ServiceView Payments { get; } = new()
    {
        Name = "payments", Environment = "dev", State = ServiceState.CrashLoop,
        Instances =
        [
            new InstanceView { Id = "payments-dev-1.0", State = "crashLoop", Restarts = 12, Since = Noon.AddHours(-3), Target = "guard", Host = "build-1" },
        ],
    };
}
