using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class RolloutEndpointTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Request_OfAKnownSource_IsAcceptedAndFound()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.ShipAsync(await client.UploadSampleAsync());
        var rollout = await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);
        Assert.Equal($"/api/v1/rollouts/{rollout.Id}", answer.Headers.Location?.ToString());
        Assert.Equal((RolloutState.Pending, RolloutKind.Ship, "ada@test"), (rollout.State, rollout.Kind, rollout.RequestedBy));

        var found = await client.GetAsync($"/api/v1/rollouts/{rollout.Id}", WireJson.Default.RolloutView);
        Assert.Equal(rollout.Id, found.Rollout.Id);
        Assert.Equal((RolloutEventKind.Entered, RolloutState.Pending), (found.Events[0].Kind, found.Events[0].State));
        var list = await client.GetAsync("/api/v1/rollouts?service=orders&environment=dev", WireJson.Default.RolloutList);
        Assert.Equal(rollout.Id, Assert.Single(list.Rollouts).Id);
        Assert.Empty((await client.GetAsync("/api/v1/rollouts?environment=prod", WireJson.Default.RolloutList)).Rollouts);
    }

    [Fact]
    public async Task Request_WhileAnotherRuns_IsRefusedAndNamesTheHolder()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        using var first = await client.ShipAsync(source, by: "ada@build-1");
        using var second = await client.ShipAsync(source, by: "bob@build-2");
        var problem = await second.ProblemAsync(HttpStatusCode.Conflict, "lease-held");
        Assert.StartsWith("ada@build-1 (rollout ", problem.Holder, StringComparison.Ordinal);
        using var other = await client.ShipAsync(source, service: "payments");
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
    }

    [Fact]
    public async Task Request_RepeatedWithItsKey_AnswersWithTheSameRollout()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.ShipAsync(source, headers: ("Idempotency-Key", "k1"))));
        var rollouts = await Task.WhenAll(answers.Select(a => a.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)));
        Assert.Single(rollouts.Select(r => r.Id).Distinct());
        using var reused = await client.ShipAsync(source, service: "payments", headers: ("Idempotency-Key", "k1"));
        await reused.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Request_ToPromote_ShipsTheSourceOfTheOtherEnvironmentsRelease()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        using var shipped = await client.ShipAsync(source);
        await Asking.UntilAsync("the release has the traffic", async () => (await client.GetAsync("/api/v1/services", WireJson.Default.ServiceList)).Services.Any(s => s.Release == "orders-dev-1"));

        using var answer = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "staging", Promotes = "orders-dev-1", RequestedBy = "a" }, WireJson.Default.RolloutRequest);
        var rollout = await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);

        Assert.Equal((RolloutKind.Ship, source, "orders-dev-1"), (rollout.Kind, rollout.Source, rollout.Promotes));
        var found = await client.GetAsync($"/api/v1/rollouts/{rollout.Id}", WireJson.Default.RolloutView);
        Assert.Equal(("orders-dev-1", "a asked to promote orders-dev-1"), (found.Rollout.Promotes, found.Events[0].Message));
    }

    [Fact]
    public async Task Request_WithValuesSet_KeepsThemWithTheRolloutAndTellsTheirPathsAlone()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();

        using var answer = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "dev", Source = source, Set = ["replicas=3", "run.env.MODE=a=b"], RequestedBy = "a" }, WireJson.Default.RolloutRequest);

        var rollout = await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);
        var found = await client.GetAsync($"/api/v1/rollouts/{rollout.Id}", WireJson.Default.RolloutView);
        Assert.Equal(["replicas=3", "run.env.MODE=a=b"], found.Rollout.Set);
        Assert.Equal($"a asked to ship {source} with replicas, run.env.MODE set", found.Events[0].Message);
    }

    [Fact]
    public async Task Request_OfWhatIsNotThere_SaysWhat()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var source = await client.ShipAsync($"sha256:{new string('0', 64)}");
        await source.ProblemAsync(HttpStatusCode.NotFound, "unknown-source");
        using var release = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "dev", Release = "orders-dev-9", RequestedBy = "a" },
            WireJson.Default.RolloutRequest);
        await release.ProblemAsync(HttpStatusCode.NotFound, "unknown-release");
        using var promoted = await client.PostAsync(
            "/api/v1/rollouts", new RolloutRequest { Service = "orders", Environment = "dev", Promotes = "orders-staging-9", RequestedBy = "a" },
            WireJson.Default.RolloutRequest);
        await promoted.ProblemAsync(HttpStatusCode.NotFound, "unknown-release");
        using var rollout = await client.GetAsync(new Uri($"/api/v1/rollouts/{Guid.NewGuid()}", UriKind.Relative), TestContext.Current.CancellationToken);
        await rollout.ProblemAsync(HttpStatusCode.NotFound, "not-found");
        using var rollback = await client.PostAsync(
            "/api/v1/services/orders/rollback", new RollbackRequest("dev", null, "a"), WireJson.Default.RollbackRequest);
        await rollback.ProblemAsync(HttpStatusCode.NotFound, "no-previous-release");
        // What was refused left no lease and no service behind.
        Assert.Empty((await client.GetAsync("/api/v1/services", WireJson.Default.ServiceList)).Services);
    }

    [Theory]
    [InlineData("""{"service":"../etc","environment":"dev","source":"x","requestedBy":"a"}""", "service: ")]
    [InlineData("""{"service":"orders","environment":"DEV","source":"x","requestedBy":"a"}""", "environment: ")]
    [InlineData("""{"service":"orders","environment":"dev","source":"sha256:1","requestedBy":"a"}""", "source: ")]
    [InlineData("""{"service":"orders","environment":"dev","requestedBy":"a"}""", "source, promotes, release, refreshes: ")]
    [InlineData("""{"service":"orders","environment":"dev","source":"s","release":"r","requestedBy":"a"}""", "source, promotes, release, refreshes: ")]
    [InlineData("""{"service":"orders","environment":"dev","source":"s","requestedBy":"a\nb"}""", "requestedBy: ")]
    [InlineData("""{"service":"orders","environment":"dev","source":"s","set":["replcas=2"],"requestedBy":"a"}""", "command line --set replcas: unknown key 'replcas'")]
    [InlineData("""{"service":"orders","environment":"dev","source":"s","set":["run.env.DB_PASSWORD=hunter2"],"requestedBy":"a"}""", "myapp secrets set DB_PASSWORD")]
    [InlineData("""{"service":"orders","environment":"dev","release":"r","set":["replicas=2"],"requestedBy":"a"}""", "leave out set or release")]
    [InlineData("""{"service":"orders","environment":"dev","source":"s","set":[null],"requestedBy":"a"}""", "set: must be at most 100 texts")]
    [InlineData("""{"service":"orders"}""", "environment")]
    [InlineData("""{"service":""", "")]
    [InlineData("", "")]
    public async Task Request_ThatMakesNoSense_IsRefusedWithEveryProblem(string body, string expected)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/v1/rollouts", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithTheEntityTagItHas_AnswersNotModifiedUntilItChanges()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var shipped = await client.ShipAsync(await client.UploadSampleAsync());
        var path = shipped.Headers.Location!;
        using var first = await client.GetAsync(path, TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var cancelled = await client.PostAsync(new Uri($"{path}/cancel", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        using var changed = await client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }
}
