using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Configs;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
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
        using var client = await api.ReadyClientAsync();
        var clock = new FakeClock();
        var contexts = new CountedContexts(api.Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>());
        var wakeups = new Wakeups(clock, api.Services.GetRequiredService<RedisLink>());
        var watch = new ConfigWatch(new(contexts, wakeups, clock), wakeups);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var waiting = Enumerable.Range(0, Watchers).Select(_ => watch.NextAsync("orders", "prod", 0, TimeSpan.FromMinutes(1), clock, end.Token)).ToList();
        await AllWaitAsync(clock);
        Assert.Equal(1, contexts.Made);
        for (var again = 2; again <= 4; again++)
        {
            clock.Advance(TimeSpan.FromSeconds(2));
            await AllWaitAsync(clock);
            Assert.Equal(again, contexts.Made);
        }

        await end.CancelAsync();
        foreach (var each in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);
    }

    private static Task AllWaitAsync(FakeClock clock) =>
        Eventually.TrueAsync(() => clock.Timers == Watchers, "every watcher waits", TimeSpan.FromSeconds(60), Ct);

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
