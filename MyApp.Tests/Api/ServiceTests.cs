using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class ServiceTests(PostgresFixture postgres)
{
    [Fact(Timeout = 180_000)]
    public async Task Service_WithoutAGuard_IsAnsweredFromTheRecordWithTheReason()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client);
        var service = Assert.Single((await client.GetAsync("/api/v1/services", WireJson.Default.ServiceList)).Services);
        Assert.Equal(("orders", "dev", "orders-dev-1", ServiceState.Waiting), (service.Name, service.Environment, service.Release, service.State));
        Assert.Contains("no guard answers at ", service.Reason, StringComparison.Ordinal);
        using var stopped = await client.PostAsync("/api/v1/services/orders/stop", new ServiceCommand("dev"), WireJson.Default.ServiceCommand);
        await stopped.ProblemAsync(HttpStatusCode.ServiceUnavailable, "guard-unreachable");
        using var logs = await client.GetAsync(new Uri("/api/v1/services/orders/logs", UriKind.Relative), TestContext.Current.CancellationToken);
        await logs.ProblemAsync(HttpStatusCode.ServiceUnavailable, "guard-unreachable");
    }

    [Fact(Timeout = 180_000)]
    public async Task Service_WithAGuard_IsAnsweredAsTheGuardSeesIt()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        await using var guard = new FakeGuard(api.Data);
        guard.Set(Unit("orders-dev-1", InstanceState.Ready, InstanceState.Backoff));
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client);
        var service = await client.GetAsync("/api/v1/services/orders", WireJson.Default.ServiceView);
        Assert.Equal((ServiceState.Starting, "http://127.0.0.1:8080"), (service.State, service.Url));
        guard.Set(Unit("orders-dev-1", InstanceState.Ready, InstanceState.Ready));
        Assert.Equal(ServiceState.Ready, (await client.GetAsync("/api/v1/services/orders?environment=dev", WireJson.Default.ServiceView)).State);
        var instances = (await client.GetAsync("/api/v1/services/orders/instances", WireJson.Default.InstanceList)).Instances;
        Assert.Equal(["orders-dev-1.0", "orders-dev-1.1"], instances.Select(i => i.Id));
        Assert.Equal(("ready", "guard", 1234), (instances[0].State, instances[0].Target, instances[0].Pid));

        using var restarted = await client.PostAsync("/api/v1/services/orders/restart", new ServiceCommand("dev"), WireJson.Default.ServiceCommand);
        Assert.Equal(HttpStatusCode.NoContent, restarted.StatusCode);
        Assert.Equal(["restart orders dev"], guard.Asked.Where(a => a.StartsWith("restart", StringComparison.Ordinal)));
        guard.Say(new GuardLogLine(TimeProvider.System.GetUtcNow(), "access", "orders-dev-1.0", "hello"));
        Assert.Equal("hello", Assert.Single((await client.GetAsync("/api/v1/services/orders/logs?tail=5", WireJson.Default.LogPage)).Lines).Text);
    }

    [Fact(Timeout = 180_000)]
    public async Task Why_WithAGuard_TellsItsDossiersTheLastFirst()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        await using var guard = new FakeGuard(api.Data);
        var exit = Cli.Samples.Exit;
        guard.Dossiers = [exit, exit with { Exit = "exit 2" }, exit with { Environment = "prod" }];
        guard.Set(Unit("orders-dev-1", InstanceState.Ready));
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client);

        var last = await client.GetAsync("/api/v1/services/orders/why", WireJson.Default.WhyView);
        Assert.Equal(("exit 1", "port 8080 is taken by nginx (pid 812)"), (Assert.Single(last.Exits).Exit, last.Exits[0].Reason));
        var all = await client.GetAsync("/api/v1/services/orders/why?environment=dev&count=20", WireJson.Default.WhyView);
        Assert.Equal(["exit 1", "exit 2"], all.Exits.Select(e => e.Exit));
    }

    [Fact(Timeout = 180_000)]
    public async Task Rollback_WithoutATarget_GoesToTheReleaseBefore()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        await ShipAsync(client);
        await ShipAsync(client);
        var releases = (await client.GetAsync("/api/v1/services/orders/releases", WireJson.Default.ReleaseList)).Releases;
        Assert.Equal([(2, true), (1, false)], releases.Select(r => (r.Number, r.Current)));
        using var answer = await client.PostAsync(
            "/api/v1/services/orders/rollback", new RollbackRequest("dev", null, "ada@test"), WireJson.Default.RollbackRequest);
        var rollout = await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);
        Assert.Equal((RolloutKind.Rollback, "orders-dev-1"), (rollout.Kind, rollout.Release));
        await WorkerTests.FinalAsync(client, rollout.Id);
        Assert.True((await client.GetAsync("/api/v1/releases/orders-dev-1", WireJson.Default.ReleaseView)).Current);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("/api/v1/services/none", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/services/none/instances", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/services/none/why", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/services/none/why?count=0", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/services/none/releases", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/services/none/logs", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/services/none/logs?stream=secret", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/services/none/logs?tail=-1", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/services/none/logs?tail=10000000", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/releases/none", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/events?after=x", HttpStatusCode.BadRequest, "invalid-request")]
    public async Task Question_ThatMakesNoSense_IsRefused(string path, HttpStatusCode expected, string slug)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        await answer.ProblemAsync(expected, slug);
    }

    private static async Task ShipAsync(HttpClient client)
    {
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        await WorkerTests.FinalAsync(client, (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id);
    }

    private static UnitStatus Unit(string release, params InstanceState[] states) => new()
    {
        Service = "orders",
        Environment = "dev",
        Release = release,
        Current = true,
        Url = "http://127.0.0.1:8080",
        Instances = [.. states.Select((state, i) => new InstanceStatus { Id = $"{release}.{i}", State = state, Ready = state == InstanceState.Ready, Pid = 1234 })],
    };
}
