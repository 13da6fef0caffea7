using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Configs;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class ConfigWatchTests(PostgresFixture postgres)
{
    private const int Watchers = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watchers_WithoutAChange_ShareOneReadOfTheRecordEachTimeTheyAskAgain()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        var watched = await Watched.OfAsync(api);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var waiting = watched.WaitAll(known: 0, end.Token);
        await watched.AllWaitAsync();
        Assert.Equal(1, watched.Contexts.Made);
        for (var again = 2; again <= 4; again++)
        {
            watched.Clock.Advance(TimeSpan.FromSeconds(2));
            await watched.AllWaitAsync();
            Assert.Equal(again, watched.Contexts.Made);
        }

        await end.CancelAsync();
        foreach (var each in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);
    }

    [Fact]
    public async Task Watchers_AtAChangeMadeHere_GetWhatAReadWouldFind_AndTakeNone()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        var watched = await Watched.OfAsync(api);
        await watched.Store.ChangeAsync("orders", Change(("run.env.B", "1"), ("run.env.C", "1"), ("run.env.D", "1")), Ct);
        var waiting = watched.WaitAll(known: 1, Ct);
        await watched.AllWaitAsync();
        var before = watched.Contexts.Made;

        var answered = await watched.Store.ChangeAsync("orders", Change(("run.env.A", "2"), ("run.env.C", "2"), ("run.env.D", null)), Ct);

        var got = await Task.WhenAll(waiting);
        Assert.Equal(before + 1, watched.Contexts.Made);
        Assert.All(got, each => Assert.Same(got[0].View, each.View));
        var read = WireText(await watched.Store.ReadAsync("orders", "prod", null, Ct));
        Assert.Equal(read, WireText(got[0].View));
        Assert.Equal(read, WireText(answered!));
        Assert.Equal(["run.env.A=2 v2", "run.env.B=1 v1", "run.env.C=2 v2"], got[0].View.Values.Select(value => $"{value.Key}={value.Value} v{value.Version}"));
    }

    [Fact]
    public async Task Watchers_WhenAnotherReplicasBeatCameInBetween_ReadTheRecord()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        var watched = await Watched.OfAsync(api);
        var first = await watched.Store.ChangeAsync("orders", Change(("run.env.A", "1")), Ct);
        await watched.Store.ChangeAsync("orders", Change(("run.env.A", "2")), Ct);
        var beat = watched.Wakeups.Configs.Next;
        watched.Wakeups.Hear(Wakeups.ConfigsTopic);

        watched.Reads.Tell(beat, first!);

        Assert.Equal(2, (await watched.Watch.NextAsync("orders", "prod", 0, TimeSpan.FromMinutes(1), watched.Clock, Ct)).View.Version);
    }

    private static ConfigChangeRequest Change(params (string Key, string? Value)[] values) => new()
    {
        Environment = "prod", RequestedBy = "ana", Set = values.ToDictionary(each => each.Key, each => each.Value),
    };

    private static string WireText(ConfigView view) => JsonSerializer.Serialize(view, WireJson.Default.ConfigView);

    private sealed record Watched(ConfigStore Store, ConfigWatch Watch, WatchedReads Reads, Wakeups Wakeups, CountedContexts Contexts, FakeClock Clock)
    {
        public static async Task<Watched> OfAsync(ApiHost api)
        {
            using var client = await api.ReadyClientAsync();
            var clock = new FakeClock();
            var contexts = new CountedContexts(api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>());
            var wakeups = new Wakeups(clock, api.Services.GetRequiredService<RedisLink>());
            var reads = new WatchedReads(wakeups, clock);
            var store = new ConfigStore(contexts, wakeups, reads, clock);
            return new(store, new(store, reads, wakeups), reads, wakeups, contexts, clock);
        }

        public List<Task<WatchedValues>> WaitAll(long known, CancellationToken ct) =>
            [.. Enumerable.Range(0, Watchers).Select(_ => Watch.NextAsync("orders", "prod", known, TimeSpan.FromMinutes(1), Clock, ct))];

        public Task AllWaitAsync() => Eventually.TrueAsync(() => Clock.Timers == Watchers, "every watcher waits", TimeSpan.FromSeconds(60), Ct);
    }

    private sealed class CountedContexts(IDbContextFactory<ControlPlaneContext> contexts) : IDbContextFactory<ControlPlaneContext>
    {
        private int made;

        public int Made => Volatile.Read(ref made);

        public ControlPlaneContext CreateDbContext()
        {
            Interlocked.Increment(ref made);
            return contexts.CreateDbContext();
        }

        public Task<ControlPlaneContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => Task.FromResult(CreateDbContext());
    }
}
