using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class EnvironmentTests(PostgresFixture postgres)
{
    private const string Spec = """
        service: orders
        port: 8080
        environments:
          prod: { branches: [main], freeze: [{ from: 2020-01-01, until: 2099-12-31, reason: no time }] }
          eu: { inherits: prod }

        """;

    private static readonly VcsState Commit = new(new string('c', 40), Dirty: false, null);

    [Fact(Timeout = 180_000)]
    public async Task Environments_TellWhatStandsWhereAndWhatHoldsThere()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = FakeRun.ToSuccessAsync };
        using var client = await api.ReadyClientAsync();
        Assert.Empty((await client.GetAsync("/api/v1/environments", WireJson.Default.EnvironmentStandings)).Environments);
        var rollout = await ShipAsync(client, Commit);
        await WorkerTests.FinalAsync(client, rollout.Id);

        var all = (await client.GetAsync("/api/v1/environments?service=orders", WireJson.Default.EnvironmentStandings)).Environments;

        Assert.Equal(["dev", "test", "staging", "prod", "eu"], all.Select(each => each.Environment));
        Assert.Equal(("orders-dev-1", Commit, true, null), (all[0].Release!.Id, all[0].Release!.Vcs, all[0].Release!.Current, all[0].Rollout));
        Assert.All(all.Skip(1), each => Assert.Null(each.Release));
        Assert.Equal([false, false, false, true, true], all.Select(each => each.Rules!.Frozen));
        Assert.Equal(["main"], all[4].Rules!.Branches);
        Assert.Equal("eu", Assert.Single((await client.GetAsync("/api/v1/environments?environment=eu", WireJson.Default.EnvironmentStandings)).Environments).Environment);
        Assert.Empty((await client.GetAsync("/api/v1/environments?service=payments", WireJson.Default.EnvironmentStandings)).Environments);
    }

    [Fact(Timeout = 180_000)]
    public async Task Environments_WhileARolloutIsUnderWay_TellIt()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var rollout = await ShipAsync(client, null);

        // No release yet, so no spec that was shipped: what is known is where it is going.
        var only = Assert.Single((await client.GetAsync("/api/v1/environments", WireJson.Default.EnvironmentStandings)).Environments);

        Assert.Equal(("dev", null, rollout.Id, null), (only.Environment, only.Release, only.Rollout!.Id, only.Rules));
    }

    private static async Task<Rollout> ShipAsync(HttpClient client, VcsState? vcs)
    {
        using var uploaded = await client.UploadAsync(new ByteArrayContent(Archives.Of(("myapp.yaml", Spec))));
        var source = (await uploaded.ReadAsync(HttpStatusCode.Created, WireJson.Default.SourceReceipt)).Digest;
        var request = new RolloutRequest { Service = "orders", Environment = "dev", Source = source, Vcs = vcs, RequestedBy = "ada@test" };
        using var asked = await client.PostAsync("/api/v1/rollouts", request, WireJson.Default.RolloutRequest);
        return await asked.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout);
    }
}
