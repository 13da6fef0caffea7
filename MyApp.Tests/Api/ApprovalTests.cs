using System.Net;
using MyApp.Api.Rollouts;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Deployment.Approvals;
using MyApp.Tests.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>Rollouts that people have to sign, on the record of a real database.</summary>
public sealed class ApprovalTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Signatures_OfThePeopleNeeded_LetTheRolloutGoOnAtOnce()
    {
        using var people = await People.WithAsync("ada", "bob", "eve");
        // Nobody looks at it again by themselves within the test.
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: [("Worker:Rest", "00:10:00"), ("Worker:Parallel", "1")]) { Run = Runs(people.Rule(2, "ada", "bob")) };
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        var waiting = await WaitingAsync(client, source);
        Assert.Equal(2, Assert.Single(waiting.Approval!.Needs).Rule.Needed);

        // The only place for runs is free meanwhile, and the service is still its own.
        using var other = await client.ShipAsync(source, service: "payments");
        await WaitingAsync(client, (await other.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id);
        using var second = await client.ShipAsync(source);
        await second.ProblemAsync(HttpStatusCode.Conflict, "lease-held");

        using var stranger = await SignAsync(client, waiting, people["eve"]);
        Assert.Contains("the key is nobody's who may sign: 2 of ada, bob", (await stranger.ProblemAsync(HttpStatusCode.Forbidden, "approval-refused")).Detail, StringComparison.Ordinal);
        using var first = await SignAsync(client, waiting, people["ada"]);
        Assert.False((await first.ReadAsync(HttpStatusCode.OK, WireJson.Default.ApprovalGate)).IsOpen);
        using var again = await SignAsync(client, waiting, people["ada"]);
        Assert.Equal(["ada"], Assert.Single((await again.ReadAsync(HttpStatusCode.OK, WireJson.Default.ApprovalGate)).Needs).Given);
        using var last = await SignAsync(client, waiting, people["bob"]);
        Assert.True((await last.ReadAsync(HttpStatusCode.OK, WireJson.Default.ApprovalGate)).IsOpen);

        Assert.Equal(RolloutState.Succeeded, (await WorkerTests.FinalAsync(client, waiting.Rollout.Id)).State);
        var story = await client.GetAsync($"/api/v1/rollouts/{waiting.Rollout.Id}", WireJson.Default.RolloutView);
        Assert.Equal(["ada has signed", "bob has signed"], story.Events.Where(e => e.Kind == RolloutEventKind.Note && e.State == RolloutState.Waiting).Select(e => e.Message));
        using var late = await SignAsync(client, waiting, people["bob"]);
        await late.ProblemAsync(HttpStatusCode.Conflict, "not-waiting");
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_WhileItWaits_FreesTheServiceAtOnce()
    {
        using var people = await People.WithAsync("ada");
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Worker:Rest", "00:10:00")) { Run = Runs(people.Rule(1, "ada")) };
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadSampleAsync();
        var waiting = await WaitingAsync(client, source);

        using var cancelled = await client.PostAsync(new Uri($"/api/v1/rollouts/{waiting.Rollout.Id}/cancel", UriKind.Relative), null, Ct);
        Assert.Equal(RolloutState.Cancelled, (await cancelled.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).State);

        await Asking.UntilAsync("the service may be shipped again", async () =>
        {
            using var next = await client.ShipAsync(source);
            return next.StatusCode == HttpStatusCode.Accepted;
        });
    }

    [Fact(Timeout = 180_000)]
    public async Task Sign_WhatIsNoSignatureOrNoRollout_IsRefused()
    {
        using var people = await People.WithAsync("ada");
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = Runs(people.Rule(1, "ada")) };
        using var client = await api.ReadyClientAsync();
        var waiting = await WaitingAsync(client, await client.UploadSampleAsync());
        var path = $"/api/v1/rollouts/{waiting.Rollout.Id}/approvals";

        using var forged = await client.PostAsync(path, people["ada"].Sign(waiting.Approval!.Statement + " "), WireJson.Default.ApprovalRequest);
        await forged.ProblemAsync(HttpStatusCode.Forbidden, "approval-refused");
        using var endless = await client.PostAsync(path, new ApprovalRequest(people["ada"].Public, new string('A', 1000)), WireJson.Default.ApprovalRequest);
        await endless.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        using var nowhere = await client.PostAsync($"/api/v1/rollouts/{Guid.NewGuid()}/approvals", people["ada"].Sign("x"), WireJson.Default.ApprovalRequest);
        await nowhere.ProblemAsync(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await client.GetAsync($"/api/v1/rollouts/{waiting.Rollout.Id}", WireJson.Default.RolloutView)).Approval!.Needs.Single().Given);
    }

    private static async Task<RolloutView> WaitingAsync(HttpClient client, string source)
    {
        using var shipped = await client.ShipAsync(source);
        return await WaitingAsync(client, (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id);
    }

    private static async Task<RolloutView> WaitingAsync(HttpClient client, Guid rollout)
    {
        RolloutView? view = null;
        await Asking.UntilAsync($"{rollout} waits", async () => (view = await client.GetAsync($"/api/v1/rollouts/{rollout}", WireJson.Default.RolloutView)).Approval is not null);
        return view!;
    }

    private static Task<HttpResponseMessage> SignAsync(HttpClient client, RolloutView waiting, PersonalKey key) =>
        client.PostAsync($"/api/v1/rollouts/{waiting.Rollout.Id}/approvals", key.Sign(waiting.Approval!.Statement), WireJson.Default.ApprovalRequest);

    // The real runner, on a target in memory.
    private static RunRollout Runs(ApprovalRule rule)
    {
        var target = new FakeTarget();
        var options = new RolloutOptions { Bake = TimeSpan.FromMilliseconds(20), Poll = TimeSpan.FromMilliseconds(5) };
        return (id, store, ct) => new RolloutRunner(
            store, target, (rollout, _, _) => Task.FromResult<ReleaseDraft>(new ReleaseDraft.Made(number => FakeRun.Release(rollout, number) with { Approval = rule }, [])),
            options, TimeProvider.System).RunAsync(id, ct);
    }
}
