using MyApp.Deployment.Builds;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Rollouts;

/// <summary>A runner on a store of files and a target in memory, with steps that take no time.</summary>
internal sealed class RolloutBench : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RolloutBench(TimeSpan? approvalPatience = null)
    {
        Store = new FileRolloutStore(folder.Path);
        if (approvalPatience is { } patience)
            Options = Options with { ApprovalPatience = patience };
    }

    public FileRolloutStore Store { get; }

    public FakeTarget Target { get; } = new();

    public RolloutOptions Options { get; set; } = new()
    {
        Bake = TimeSpan.FromMilliseconds(20), Poll = TimeSpan.FromMilliseconds(1), TargetPatience = TimeSpan.FromSeconds(30), VerifyMargin = TimeSpan.Zero,
    };

    /// <summary>What the build comes to; default: a release.</summary>
    public ReleaseDraft Draft { get; set; } = new ReleaseDraft.Made(Make, []);

    public int Builds { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    public RolloutRunner Runner() => new(Store, Target, BuildAsync, Options, TimeProvider.System);

    public async Task<Guid> AddAsync(RolloutKind kind = RolloutKind.Ship, string? release = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var rollout = new Rollout
        {
            Id = Guid.NewGuid(), Service = "orders", Environment = "dev", Kind = kind, Release = release,
            Source = kind == RolloutKind.Ship ? "sha256:" + new string('a', 64) : null, RequestedBy = "ada@bench", CreatedAt = now, UpdatedAt = now,
        };
        await Store.AddAsync(rollout, Ct);
        return rollout.Id;
    }

    public async Task<Rollout> ShipAsync() => await Runner().RunAsync(await AddAsync(), Ct);

    public async Task<string?> CurrentAsync() => (await Store.FindCurrentReleaseAsync("orders", "dev", Ct))?.Id;

    public async Task<IReadOnlyList<RolloutState>> StatesAsync(Guid rollout) =>
        [.. (await Store.EventsAsync(rollout, Ct)).Where(e => e.Kind == RolloutEventKind.Entered).Select(e => e.State)];

    public static Release Make(ReleaseNumber number) => new()
    {
        Id = number.Id, Service = "orders", Environment = "dev", Number = number.Number, Artifact = "sha256:" + new string('b', 64), ArtifactBytes = 1024,
        CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "ada@bench",
        Unit = new Unit
        {
            Service = "orders", Environment = "dev", Release = number.Id, Executable = "/orders", Ports = [new("http", 8080)], Socket = SocketMode.Forward,
            Startup = new() { Tcp = true, Budget = TimeSpan.FromMilliseconds(150) },
        },
    };

    private Task<ReleaseDraft> BuildAsync(Rollout rollout, IProgress<BuildNote> notes, CancellationToken ct)
    {
        Target.Before("build");
        Builds++;
        notes.Report(new("compile", "done", Skipped: false, TimeSpan.FromSeconds(1), null, 1024));
        return Task.FromResult(Draft);
    }
}
