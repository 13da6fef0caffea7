using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MyApp.Api.Configs;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;
using Npgsql;

namespace MyApp.Tests.Api;

/// <summary>Changes in the config server, and the rollouts that come of them; releases are compiled from the spec and not built.</summary>
public sealed class ConfigReactionTests(PostgresFixture postgres)
{
    private const string Spec = "service: orders\nbuild: { toolchain: go }\napp: { fixed: file }\nconfig: { deliver: env, onChange: restart }\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Change_OfAServiceThatAsksForIt_RollsOutTheSameArtifactWithTheNewValues()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);

        await ChangeAsync(client, "orders", "app.greeting", "hi");

        var rollout = await SucceededAsync(client, count: 2);
        Assert.Equal(("orders-dev-1", "the config server, changed by ada"), (rollout.Promotes, rollout.RequestedBy));
        Assert.Equal("hi", (await CurrentAsync(database)).Unit.Env["GREETING"]);
        await DoneAsync(database);
        var story = (await client.GetAsync($"/api/v1/rollouts/{rollout.Id}", WireJson.Default.RolloutView)).Events[0].Message;
        Assert.Equal("the config server, changed by ada asked to run orders-dev-1 with the configuration of now", story);
    }

    [Fact(Timeout = 180_000)]
    public async Task Change_OfAReleaseThatValuesWereSetFor_KeepsThem()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec, "app.fixed=set");

        await ChangeAsync(client, "orders", "app.greeting", "hi");

        await SucceededAsync(client, count: 2);
        var unit = (await CurrentAsync(database)).Unit;
        Assert.Equal(("set", "hi"), (unit.Env["FIXED"], unit.Env["GREETING"]));
    }

    [Fact(Timeout = 180_000)]
    public async Task Change_OfWhatEveryServiceHas_ReachesEachThatAsksForIt()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);

        await ChangeAsync(client, "application", "app.region", "eu");

        await SucceededAsync(client, count: 2);
        Assert.Equal("eu", (await CurrentAsync(database)).Unit.Env["REGION"]);
    }

    [Theory(Timeout = 180_000)]
    [InlineData(Spec, "app.fixed")]
    [InlineData("service: orders\nbuild: { toolchain: go }\nconfig: { deliver: env }\n", "app.greeting")]
    public async Task Change_ThatMakesNoDifferenceOrIsNotAskedFor_SetsNothingInMotion(string spec, string key)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, spec);

        await ChangeAsync(client, "orders", key, "hi");

        await DoneAsync(database);
        Assert.Single((await client.GetAsync("/api/v1/rollouts", WireJson.Default.RolloutList)).Rollouts);
    }

    [Fact(Timeout = 180_000)]
    public async Task Changes_InQuickSuccession_EndInTheLast()
    {
        var database = await postgres.NewDatabaseAsync();
        var (entered, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var api = NewHost(database, async rollout =>
        {
            if (rollout.Promotes != "orders-dev-1")
                return;
            entered.TrySetResult();
            await goOn.Task;
        });
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);

        await ChangeAsync(client, "orders", "app.greeting", "one");
        await entered.Task.WaitAsync(Ct);
        await ChangeAsync(client, "orders", "app.greeting", "two");
        await ChangeAsync(client, "orders", "app.greeting", "three");
        goOn.SetResult();

        await SucceededAsync(client, count: 3);
        await DoneAsync(database);
        Assert.Equal(("orders-dev-3", "three"), ((await CurrentAsync(database)).Id, (await CurrentAsync(database)).Unit.Env["GREETING"]));
    }

    [Fact(Timeout = 180_000)]
    public async Task Change_OfAControlPlaneThatDies_IsCarriedOutByTheNext()
    {
        var database = await postgres.NewDatabaseAsync();
        using var data = new TemporaryFolder();
        var entered = new TaskCompletionSource();
        var a = NewHost(database, async rollout =>
        {
            if (rollout.Promotes is null)
                return;
            entered.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Ct);
        }, data.Path);
        using (var client = await a.ReadyClientAsync())
        {
            await ShipAsync(client, Spec);
            await ChangeAsync(client, "orders", "app.greeting", "one");
            await entered.Task.WaitAsync(Ct);
            // Noted, and nobody gets to it: the rollout of the first one never ends here.
            await ChangeAsync(client, "orders", "app.greeting", "two");
        }

        _ = a.DisposeAsync().AsTask();
        await ExecuteAsync(database, "update leases set owner = 'a replica that died', expires = clock_timestamp(), fence = fence + 1");
        await using var b = NewHost(database, data: data.Path);
        using var other = await b.ReadyClientAsync();

        await DoneAsync(database);
        await Asking.UntilAsync("the last value to be there", async () => (await CurrentAsync(database)).Unit.Env.GetValueOrDefault("GREETING") == "two");
    }

    [Fact(Timeout = 180_000)]
    public async Task Change_OfAServiceThatWasStopped_WaitsUntilSomebodyStartsIt()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        await using var guard = new FakeGuard(api.Data);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);
        guard.Set(Status(InstanceState.Stopped));

        await ChangeAsync(client, "orders", "app.greeting", "hi");
        await api.Services.GetRequiredService<ConfigReactions>().ReactAsync(Ct);
        Assert.Single((await client.GetAsync("/api/v1/rollouts", WireJson.Default.RolloutList)).Rollouts);

        guard.Set(Status(InstanceState.Ready));
        await SucceededAsync(client, count: 2);

        static UnitStatus Status(InstanceState state) =>
            new() { Service = "orders", Environment = "dev", Release = "orders-dev-1", Current = true, Instances = [new() { Id = "orders-dev-1.0", State = state }] };
    }

    [Fact(Timeout = 180_000)]
    public async Task Change_ThatWasAskedForAndFailed_IsNotAskedForAgainByAnotherLook()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);
        var request = new RolloutRequest { Service = "orders", Environment = "dev", Promotes = "orders-dev-1", RequestedBy = "ada" };
        var requests = api.Services.GetRequiredService<RolloutRequests>();

        var first = Assert.IsType<RequestOutcome.Accepted>(await requests.RequestAsync(request, "config-1-orders-dev-1", Ct));
        var again = Assert.IsType<RequestOutcome.Accepted>(await requests.RequestAsync(request, "config-1-orders-dev-1", Ct));

        Assert.Equal(first.Rollout.Id, again.Rollout.Id);
    }

    [Fact(Timeout = 180_000)]
    public async Task Promote_OfAReleaseOfTheSameEnvironmentThatLostTheTraffic_IsRefused()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var api = NewHost(database);
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client, Spec);
        await ShipAsync(client, Spec + "\n# again\n");
        await SucceededAsync(client, count: 2);

        using var refused = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "dev", Promotes = "orders-dev-1", RequestedBy = "ada" }, WireJson.Default.RolloutRequest);

        Assert.Contains("orders-dev-1 has not the traffic in dev any more", (await refused.ProblemAsync(HttpStatusCode.NotFound, "unknown-release")).Detail, StringComparison.Ordinal);
    }

    private static ApiHost NewHost(string database, Func<Rollout, Task>? during = null, string? data = null)
    {
        var api = new ApiHost(database, data);
        api.Run = async (id, store, ct) =>
        {
            var rollout = (await store.FindAsync(id, ct))!;
            var paths = new DataPaths(api.Data);
            var (spec, refusal) = await StoredSpec.ReadAsync(
                new(paths.Sources), rollout.Source!, rollout.Service, rollout.Environment, rollout.Set, api.Services.GetRequiredService<ConfigStore>().ForSpecAsync, ct);
            Assert.True(spec is not null, refusal);
            await (during?.Invoke(rollout) ?? Task.CompletedTask).WaitAsync(ct);
            await FakeRun.ToSuccessAsync(id, store, (of, number) => FakeRun.Release(of, number) with { Unit = UnitCompiler.Compile(spec, number, BuildSpec.Go, paths).Unit }, ct);
        };
        return api;
    }

    private static async Task ShipAsync(HttpClient client, string spec, params string[] set)
    {
        var request = new RolloutRequest { Service = "orders", Environment = "dev", Source = await client.UploadSampleAsync(spec), RequestedBy = "ada@test", Set = set };
        using var shipped = await client.PostAsync("/api/v1/rollouts", request, WireJson.Default.RolloutRequest);
        await WorkerTests.FinalAsync(client, (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id);
    }

    private static async Task ChangeAsync(HttpClient client, string service, string key, string value)
    {
        using var answer = await client.PostAsJsonAsync($"/api/v1/configs/{service}", new { environment = "dev", set = new Dictionary<string, string> { [key] = value }, requestedBy = "ada" }, Ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The newest rollout, once there are so many and all have succeeded.</summary>
    private static async Task<Rollout> SucceededAsync(HttpClient client, int count)
    {
        IReadOnlyList<Rollout> rollouts = [];
        await Asking.UntilAsync($"{count} rollouts to succeed", async () =>
        {
            rollouts = (await client.GetAsync("/api/v1/rollouts?service=orders", WireJson.Default.RolloutList)).Rollouts;
            return rollouts.Count >= count && rollouts.All(rollout => rollout.State == RolloutState.Succeeded);
        });
        Assert.Equal(count, rollouts.Count);
        return rollouts[0];
    }

    private static Task DoneAsync(string database) =>
        Asking.UntilAsync("every change to be looked at", async () => (long)(await ScalarAsync(database, "select count(*) from config_reactions"))! == 0);

    private static async Task<Release> CurrentAsync(string database)
    {
        var unit = (string)(await ScalarAsync(database, "select r.unit::text from services s join releases r on r.id = s.current_release"))!;
        var read = System.Text.Json.JsonSerializer.Deserialize(unit, MyApp.Supervision.Units.UnitJson.Default.Unit)!;
        return new() { Id = read.Release, Service = read.Service, Environment = read.Environment, Number = 0, Artifact = "", ArtifactBytes = 0, Unit = read, CreatedAt = default, CreatedBy = "" };
    }

    private static async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Ct);
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
