using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Events;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class RedisTests(PostgresFixture postgres)
{
    [Fact(Timeout = 120_000)]
    public async Task Redis_KilledAndBack_DegradesAndRecoversWhileEverythingGoesOn()
    {
        Assert.SkipUnless(RedisServer.Missing is null, RedisServer.Missing ?? "");
        await using var redis = new RedisServer();
        redis.Start();
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), redis: redis.ConnectionString) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        await BecomesAsync(client, "Healthy");

        await redis.KillAsync();
        await BecomesAsync(client, "Degraded");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await StartupTests.ReportAsync(client)).Code);
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var rollout = await shipped.ReadAsync(System.Net.HttpStatusCode.Accepted, MyApp.Deployment.ControlPlane.WireJson.Default.Rollout);
        Assert.Equal(RolloutState.Succeeded, (await WorkerTests.FinalAsync(client, rollout.Id)).State);

        redis.Start();
        await BecomesAsync(client, "Healthy");
    }

    [Fact(Timeout = 120_000)]
    public async Task Wakeup_OfOneReplica_ReachesTheOtherThroughRedis()
    {
        Assert.SkipUnless(RedisServer.Missing is null, RedisServer.Missing ?? "");
        await using var redis = new RedisServer();
        redis.Start();
        var database = await postgres.NewDatabaseAsync();
        await using var a = new ApiHost(database, redis: redis.ConnectionString);
        await using var b = new ApiHost(database, a.Data, redis.ConnectionString);
        using var client = await a.ReadyClientAsync();
        using var other = await b.ReadyClientAsync();
        await BecomesAsync(client, "Healthy");
        await BecomesAsync(other, "Healthy");
        var heard = b.Services.GetRequiredService<Wakeups>().Events.Next;
        a.Services.GetRequiredService<Wakeups>().SayEvents();
        await heard.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 180_000)]
    public async Task Redis_NotConfigured_IsDegradedAndSaysWhy()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        await BecomesAsync(client, "Degraded");
        Assert.Contains("nothing is lost", (await StartupTests.ReportAsync(client, "redis")).Description, StringComparison.Ordinal);
    }

    private static Task BecomesAsync(HttpClient client, string status) =>
        Asking.UntilAsync($"redis to be {status}", async () => (await StartupTests.ReportAsync(client, "redis")).Status == status);
}
