using MyApp.Api.Console.Models;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Tests.Console;

/// <summary>A small control plane's worth of things to show, at a fixed time.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    public static readonly Guid ShipId = Guid.Parse("0198a2f0-0000-7000-8000-000000000001");

    public static readonly IReadOnlyList<PartHealth> Parts =
        [new("PostgreSQL", PartState.Ok), new("Redis", PartState.Degraded, "no answer for 12 s"), new("Guard", PartState.Ok)];

    public static ServiceView Orders { get; } = new()
    {
        Name = "orders",
        Environment = "dev",
        Release = "orders-dev-7",
        State = ServiceState.Ready,
        Url = "http://127.0.0.1:8080",
        Instances = [Instance("orders-dev-7.0", 41207, 0), Instance("orders-dev-7.1", 41211, 2) with { LastExit = "killed by SIGKILL" }],
    };

    public static ServiceView Payments { get; } = new()
    {
        Name = "payments",
        Environment = "prod",
        Release = "payments-prod-31",
        State = ServiceState.CrashLoop,
        Url = "http://127.0.0.1:8090",
        Instances =
        [
            Instance("payments-prod-31.0", null, 5) with
            {
                State = "crashLoop", Ready = false, MemoryBytes = null, CpuPercent = null, LastExit = "exit 2: will be started again in 8 s",
            },
        ],
    };

    public static ServiceView Search { get; } = new() { Name = "search", Environment = "dev", Release = "search-dev-2", State = ServiceState.Stopped };

    public static IReadOnlyList<ReleaseView> Releases { get; } =
        [.. Enumerable.Range(1, 7).Reverse().Select(n => new ReleaseView
        {
            Id = $"orders-dev-{n}",
            Service = "orders",
            Environment = "dev",
            Number = n,
            Artifact = $"sha256:{n}f0c2a9d1be4{n}77a",
            ArtifactBytes = 7_340_032 + n * 1000,
            CreatedAt = Now - TimeSpan.FromHours(9 - n),
            CreatedBy = "ada@build-1",
            Current = n == 7,
        })];

    public static RolloutView Succeeded { get; } = Story(
        RolloutState.Succeeded,
        (RolloutState.Pending, 40), (RolloutState.Building, 6200), (RolloutState.Preflight, 120), (RolloutState.Placing, 310),
        (RolloutState.Waiting, 15), (RolloutState.Starting, 900), (RolloutState.Verifying, 1450), (RolloutState.Switching, 60), (RolloutState.Baking, 5000));

    public static RolloutView UnderWay { get; } = Story(RolloutState.Starting, (RolloutState.Pending, 40), (RolloutState.Building, 6200), (RolloutState.Preflight, 120),
        (RolloutState.Placing, 310), (RolloutState.Waiting, 15));

    public static RolloutView Broken { get; } = Story(RolloutState.Failed, (RolloutState.Pending, 40), (RolloutState.Building, 2100)) is var story
        ? story with
        {
            Rollout = story.Rollout with
            {
                Release = null,
                Failure = "The build failed: go build ended with 1.\n# orders\n./main.go:42:9: undefined: store.Open\n./main.go:57:2: too many arguments in call to serve\n\thave (*gin.Engine, string)\n\twant (*gin.Engine)",
            },
        }
        : throw new InvalidOperationException();

    public static LogPage Log { get; } = new(
        [.. Enumerable.Range(0, 40).Select(n => new LogLineView(
            Now - TimeSpan.FromSeconds(40 - n), n % 9 == 4 ? "error" : "access", $"orders-dev-7.{n % 2}",
            n % 9 == 4 ? "[GIN-debug] [WARNING] slow request: 1.2 s" : $$"""{"method":"GET","path":"/orders/{{n}}","status":200,"ms":{{n % 7}}}"""))]);

    public static ServiceModel Page { get; } = new() { Service = Orders, Releases = Releases, Rollout = Succeeded, RollbackTo = "orders-dev-6", Log = Log };

    public static BuildView Build { get; } = new()
    {
        Id = Guid.Parse("0198a2f0-0000-7000-8000-00000000000b"),
        Service = "orders",
        Environment = "dev",
        Source = $"sha256:{new string('5', 64)}",
        State = BuildState.Running,
        Platforms =
        [
            new("linux/amd64", [new("resolve", "go (go1.19.8) for linux/amd64", false, TimeSpan.FromMilliseconds(12), null, null), new("compile", "go1.19.8", false, TimeSpan.FromSeconds(4.2), null, 10_485_760)], null, null),
            new("linux/arm64", [], null, "main.go:3: undefined: x"),
        ],
        RequestedBy = "ada@build-1",
        CreatedAt = Now - TimeSpan.FromSeconds(20),
        StartedAt = Now - TimeSpan.FromSeconds(12),
    };

    public static ServicesModel Services { get; } = new(
        [Orders, Payments, Search],
        [UnderWay.Rollout with { Service = "search", Release = "search-dev-3" }, Succeeded.Rollout, Broken.Rollout with { Service = "payments", Environment = "prod" }],
        [Build]);

    private static InstanceView Instance(string id, int? pid, int restarts) => new()
    {
        Id = id,
        Pid = pid,
        State = "ready",
        Ready = true,
        Restarts = restarts,
        Since = Now - TimeSpan.FromMinutes(83),
        MemoryBytes = 18_612_224,
        CpuPercent = 1.4,
        Target = "guard",
        Host = "build-1",
        LastProbe = "readiness: GET /health/ready: 200 OK",
    };

    private static RolloutView Story(RolloutState end, params (RolloutState State, int Milliseconds)[] steps)
    {
        var time = Now - TimeSpan.FromMinutes(2);
        var events = new List<RolloutEvent>();
        foreach (var (state, milliseconds) in steps)
        {
            var took = TimeSpan.FromMilliseconds(milliseconds);
            events.Add(Event(RolloutEventKind.Entered, state, time));
            foreach (var note in Notes(state))
                events.Add(Event(RolloutEventKind.Note, state, time + took / 2) with { Message = note });
            time += took;
            events.Add(Event(RolloutEventKind.Completed, state, time) with { Duration = took });
        }

        events.Add(Event(RolloutEventKind.Entered, end, time));
        return new RolloutView(Rollout(end, time), [.. events.Select((e, i) => e with { Sequence = i + 1 })]);
    }

    private static string[] Notes(RolloutState state) => state switch
    {
        RolloutState.Building => ["compile: go build -trimpath -ldflags \"-s -w\": 11.2 MiB → 7.0 MiB", "slim: skipped, the linker has stripped it already"],
        RolloutState.Verifying => ["startup: GET /health/ready: 200 OK after 1.4 s"],
        _ => [],
    };

    private static RolloutEvent Event(RolloutEventKind kind, RolloutState state, DateTimeOffset time) => new()
    {
        Rollout = ShipId, Service = "orders", Environment = "dev", Kind = kind, State = state, Time = time,
    };

    private static Rollout Rollout(RolloutState state, DateTimeOffset updated) => new()
    {
        Id = ShipId,
        Service = "orders",
        Environment = "dev",
        Kind = RolloutKind.Ship,
        State = state,
        Release = "orders-dev-7",
        PreviousRelease = "orders-dev-6",
        RequestedBy = "ada@build-1",
        CreatedAt = Now - TimeSpan.FromMinutes(2),
        UpdatedAt = updated,
    };
}
