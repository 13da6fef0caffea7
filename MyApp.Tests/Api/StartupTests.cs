using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class StartupTests(PostgresFixture postgres)
{
    [Fact(Timeout = 180_000)]
    public async Task TwoReplicas_StartingAtOnce_MigrateOnce()
    {
        var database = await postgres.NewDatabaseAsync();
        var replicas = Enumerable.Range(0, 3).Select(_ => new ApiHost(database)).ToList();
        using var first = (await Task.WhenAll(replicas.Select(r => Task.Run(r.ReadyClientAsync))))[0];
        await using var db = await replicas[0].Services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
        Assert.False(db.Database.HasPendingModelChanges(), "the model differs from the last migration: add one");
        Assert.Empty((await first.GetAsync("/api/v1/services", WireJson.Default.ServiceList)).Services);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Postgres_DownAtStart_IsWaitedForAndSaid()
    {
        await using var server = await ServerAsync();
        var database = await server.CreateDatabaseAsync("late");
        await server.KillAsync();
        await using var api = new ApiHost(database);
        using var client = api.CreateClient();
        await Asking.UntilAsync("the first failed try", async () => (await ReportAsync(client)).Description.Contains("Failed to connect", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), ((await ReportAsync(client)).Code, (await ReportAsync(client)).Status));
        using (var refused = await client.GetAsync(new Uri("/api/v1/services", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            var problem = await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            Assert.Contains("waiting for PostgreSQL: ", problem.Detail, StringComparison.Ordinal);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        using (var alive = await client.GetAsync(new Uri("/alive", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        await server.RunAsync();
        await Asking.UntilAsync("the api to be ready", async () => (await ReportAsync(client)).Code == HttpStatusCode.OK);
        Assert.Empty((await client.GetAsync("/api/v1/services", WireJson.Default.ServiceList)).Services);
    }

    [Fact(Timeout = 180_000)]
    public async Task Postgres_KilledInTheMiddleOfARollout_LosesNothing()
    {
        await using var server = await ServerAsync();
        var inTheMiddle = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var api = new ApiHost(await server.CreateDatabaseAsync("killed"));
        api.Run = async (rollout, store, ct) =>
        {
            var current = (await store.FindAsync(rollout, ct))!;
            if (current.State == RolloutState.Pending)
                await store.TryAdvanceAsync(current, FakeRun.Next(current, RolloutState.Building), [FakeRun.Event(current, RolloutEventKind.Completed)], ct);
            inTheMiddle.TrySetResult();
            await goOn.Task;
            await FakeRun.ToSuccessAsync(rollout, store, ct);
        };
        using var client = await api.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var rollout = (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
        await inTheMiddle.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await server.KillAsync();
        goOn.SetResult();
        using (var refused = await client.GetAsync(new Uri("/api/v1/rollouts", UriKind.Relative), TestContext.Current.CancellationToken))
            await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        await Asking.UntilAsync("health to say so", async () => (await ReportAsync(client)).Status == "Unhealthy");

        await server.RunAsync();
        await Asking.UntilAsync("the api to answer again", async () => (await ReportAsync(client)).Code == HttpStatusCode.OK);
        Assert.Equal(RolloutState.Succeeded, (await WorkerTests.FinalAsync(client, rollout)).State);
        var events = (await client.GetAsync($"/api/v1/rollouts/{rollout}", WireJson.Default.RolloutView)).Events;
        Assert.Single(events, e => e.Kind == RolloutEventKind.Completed && e.State == RolloutState.Pending);
        Assert.Single((await client.GetAsync("/api/v1/services/orders/releases", WireJson.Default.ReleaseList)).Releases);
    }

    internal static async Task<(HttpStatusCode Code, string Status, string Description)> ReportAsync(HttpClient client, string check = "postgresql")
    {
        using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
        using var report = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var entry = report.RootElement.GetProperty("checks").GetProperty(check);
        var description = entry.TryGetProperty("description", out var text) ? text.GetString()! : "";
        return (answer.StatusCode, entry.GetProperty("status").GetString()!, description);
    }

    private static async Task<PostgresServer> ServerAsync()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        return await PostgresServer.StartAsync();
    }
}
