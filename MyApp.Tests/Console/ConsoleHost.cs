using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Api;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

/// <summary>The real api with its console on a port of its own, a real PostgreSQL behind it, and a guard that says what the test wants.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    private static readonly Guid Story = Guid.Parse("0198a2f0-0000-7000-8000-00000000000a");

    private readonly string database;
    private readonly string data = Directory.CreateTempSubdirectory("myapp-console-").FullName;
    private ApiHost api;

    private ConsoleHost(string database)
    {
        this.database = database;
        Guard = new FakeGuard(data);
        api = Api(port: 0);
    }

    public FakeGuard Guard { get; }

    public Uri Address => api.ClientOptions.BaseAddress;

    public static string RolloutPath => $"/rollouts/{Story}";

    /// <summary>With the service orders: release 2 ready in two instances, release 1 before it, the rollout of 2 at <paramref name="state"/>.</summary>
    public static async Task<ConsoleHost> StartAsync(PostgresFixture postgres, RolloutState state = RolloutState.Succeeded)
    {
        var host = new ConsoleHost(await postgres.NewDatabaseAsync());
        await host.ListenAsync();
        await host.SeedAsync(state);
        return host;
    }

    public Task StopAsync() => api.DisposeAsync().AsTask();

    /// <summary>A new process's worth of api at the same address, on the same record.</summary>
    public Task StartAgainAsync()
    {
        var port = Address.Port;
        api = Api(port);
        return ListenAsync();
    }

    public Uri At(string path) => new(Address, path);

    public Task OpenAsync(IPage page, string path) => page.GotoAsync(At(path).ToString());

    public void Show(InstanceState state, int restarts = 0, string service = "orders") => Guard.Set(new UnitStatus
    {
        Service = service,
        Environment = "dev",
        Release = $"{service}-dev-2",
        Current = true,
        Url = "http://127.0.0.1:8080",
        Instances = [Instance(service, 0, state, restarts), Instance(service, 1, state, 0)],
    });

    public void Say(string text, string stream = "access") =>
        Guard.Say(new GuardLogLine(TimeProvider.System.GetUtcNow(), stream, "orders-dev-2.0", text));

    /// <summary>The rollout goes on to this state, as a runner would write it.</summary>
    public async Task AdvanceAsync(RolloutState state, string note)
    {
        await using var db = await api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync();
        var now = TimeProvider.System.GetUtcNow();
        var current = (await db.Rollouts.AsNoTracking().SingleAsync(r => r.Id == Story)).ToRollout();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await RolloutWrites.TryUpdateAsync(db, current, current with { State = state, Version = current.Version + 1, UpdatedAt = now }, default);
        await RolloutWrites.AppendAsync(
            db, [Event(RolloutEventKind.Entered, state, now), Event(RolloutEventKind.Note, state, now) with { Message = note }], default);
        await transaction.CommitAsync();
        api.Services.GetRequiredService<Wakeups>().SayEvents();
    }

    public async ValueTask DisposeAsync()
    {
        await Guard.DisposeAsync();
        await api.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    // The port as a setting, not of UseKestrel: that would change it while the entry point may already be listening.
    private ApiHost Api(int port) => new(database, data, redis: null, ("urls", $"http://127.0.0.1:{port}"));

    private async Task ListenAsync()
    {
        api.UseKestrel();
        api.StartServer();
        await api.Services.GetRequiredService<DatabaseGate>().OpenedAsync(TestContext.Current.CancellationToken);
    }

    private async Task SeedAsync(RolloutState state)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var db = await api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync();
        db.Services.Add(new ServiceRow { Service = "orders", Environment = "dev", CurrentRelease = "orders-dev-2", LastNumber = 2 });
        db.Rollouts.Add(Rollout(Guid.CreateVersion7(), RolloutState.Succeeded, 1, now.AddHours(-3)).ToRow());
        db.Rollouts.Add(Rollout(Story, state, 2, now.AddSeconds(-30)).ToRow());
        await db.SaveChangesAsync();
        db.Releases.Add(Release(1, now.AddHours(-3)).ToRow((await db.Rollouts.AsNoTracking().FirstAsync(r => r.Id != Story)).Id));
        db.Releases.Add(Release(2, now.AddSeconds(-30)).ToRow(Story));
        var shift = now.AddSeconds(-30) - Sample.Succeeded.Rollout.CreatedAt;
        db.Events.AddRange(Sample.Succeeded.Events.Where(e => e.State <= state)
            .Where(e => e.State < state || e.Kind == RolloutEventKind.Entered)
            .Select(e => (e with { Rollout = Story, Time = e.Time + shift, Sequence = 0 }).ToRow()));
        await db.SaveChangesAsync();
        Show(InstanceState.Ready);
        Guard.OnCommand = (op, service) => Show(op == "stop" ? InstanceState.Stopped : InstanceState.Ready, op == "restart" ? 1 : 0, service);
        foreach (var n in Enumerable.Range(0, 30))
            Say($"GET /orders/{n} 200");
    }

    private static InstanceStatus Instance(string service, int replica, InstanceState state, int restarts) => new()
    {
        Id = $"{service}-dev-2.{replica}",
        State = state,
        Ready = state == InstanceState.Ready,
        Pid = state is InstanceState.Stopped or InstanceState.Failed ? null : 4100 + replica,
        Restarts = restarts,
        Since = TimeProvider.System.GetUtcNow(),
        MemoryBytes = 18_612_224,
        CpuPercent = 0.4,
        LastProbe = "readiness: GET /health/ready: 200 OK",
    };

    private static Rollout Rollout(Guid id, RolloutState state, int number, DateTimeOffset at) => new()
    {
        Id = id,
        Service = "orders",
        Environment = "dev",
        Kind = RolloutKind.Ship,
        State = state,
        PreviousRelease = number > 1 ? $"orders-dev-{number - 1}" : null,
        Release = $"orders-dev-{number}",
        RequestedBy = "ada@build-1",
        CreatedAt = at,
        UpdatedAt = at.AddSeconds(14),
    };

    private static Release Release(int number, DateTimeOffset at) => new()
    {
        Id = $"orders-dev-{number}",
        Service = "orders",
        Environment = "dev",
        Number = number,
        Artifact = $"sha256:{new string((char)('0' + number), 64)}",
        ArtifactBytes = 7_340_032,
        Unit = new Unit { Service = "orders", Environment = "dev", Release = $"orders-dev-{number}", Executable = "/bin/true" },
        CreatedAt = at,
        CreatedBy = "ada@build-1",
    };

    private static RolloutEvent Event(RolloutEventKind kind, RolloutState state, DateTimeOffset at) => new()
    {
        Rollout = Story, Service = "orders", Environment = "dev", Kind = kind, State = state, Time = at,
    };
}
