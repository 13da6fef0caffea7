using System.Net;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>What rollouts ship is built in the queue of builds, by real commands. No guard is there, so none of them gets further.</summary>
public sealed class ShipBuildTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Ships_MoreThanBuildAtOnce_WaitInTheQueueAndSaySo()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Builds:Parallel", "1")) { Run = null };
        using var client = await api.ReadyClientAsync();
        var first = await ShipAsync(client, "echo begun; exec sleep 7341.5", "one");
        await client.FollowBuildAsync(await BuildOfAsync(client, first), until: "begun");
        var second = await ShipAsync(client, "echo begun; exec sleep 7342.5", "two");
        await BuildOfAsync(client, second);
        var third = await ShipAsync(client, "echo begun; exec sleep 7343.5", "three");

        await StoryAsync(client, second, "waits for a build to end, as no more run at once");
        await StoryAsync(client, third, "waits in the queue of builds, after 1 other");
        var builds = (await client.GetAsync("/api/v1/builds", WireJson.Default.BuildList)).Builds;
        Assert.Equal([(third, BuildState.Queued), (second, BuildState.Queued), (first, BuildState.Running)], builds.Select(build => (build.Rollout!.Value, build.State)));
        Assert.False(BuildAsking.Sleeps("7342.5"));

        // The rollout that is cancelled takes its compiler along, and the next one gets its place.
        using var cancelled = await client.PostAsync(new Uri($"/api/v1/rollouts/{first}/cancel", UriKind.Relative), null, Ct);
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        Assert.Equal(BuildState.Cancelled, (await client.FollowBuildAsync(await BuildOfAsync(client, first))).End.State);
        Assert.False(BuildAsking.Sleeps("7341.5"));
        await client.FollowBuildAsync(await BuildOfAsync(client, second), until: "begun");
        Assert.Equal(RolloutState.Cancelled, (await ViewAsync(client, first)).Rollout.State);
        foreach (var rollout in new[] { second, third })
            (await client.PostAsync(new Uri($"/api/v1/rollouts/{rollout}/cancel", UriKind.Relative), null, Ct)).Dispose();
        await client.FollowBuildAsync(await BuildOfAsync(client, second));
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_Built_TellsTheStepsInOrderAndMakesItsRelease()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = null };
        using var client = await api.ReadyClientAsync();
        var rollout = await ShipAsync(client, "echo compiling; cp /bin/true out");
        var (lines, build) = await client.FollowBuildAsync(await BuildOfAsync(client, rollout));

        await Asking.UntilAsync("the release", async () => (await ViewAsync(client, rollout)).Rollout.Release is not null);

        Assert.Equal((BuildState.Succeeded, rollout), (build.State, build.Rollout));
        Assert.Contains((Platforms.Native, "compiling"), lines.Select(line => (line.Platform, line.Text)));
        var story = (await ViewAsync(client, rollout)).Events.Where(happened => happened.State == RolloutState.Building).ToList();
        Assert.Equal((RolloutEventKind.Entered, RolloutEventKind.Completed), (story[0].Kind, story[^1].Kind));
        Assert.Equal(build.Platforms.Single().Steps.Select(step => step.ToString()), story[1..^1].Select(note => note.Message));
        Assert.Equal(
            build.Platforms.Single().Artifact!.Digest,
            (await client.GetAsync("/api/v1/services/orders/releases?environment=dev", WireJson.Default.ReleaseList)).Releases.Single().Artifact);
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_WithValuesSet_IsBuiltWithThem()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = null };
        using var client = await api.ReadyClientAsync();
        var request = new RolloutRequest
        {
            Service = "orders", Environment = "dev", Source = await client.UploadScriptAsync("echo \"built for $WHOM\"; cp /bin/true out", "orders"), RequestedBy = "ada@test", Set = ["build.env.WHOM=ada"],
        };

        using var shipped = await client.PostAsync("/api/v1/rollouts", request, WireJson.Default.RolloutRequest);

        var rollout = (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
        var (lines, _) = await client.FollowBuildAsync(await BuildOfAsync(client, rollout));
        Assert.Contains("built for ada", lines.Select(line => line.Text));
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_WhoseBuildIsCancelled_HasFailed()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = null };
        using var client = await api.ReadyClientAsync();
        var rollout = await ShipAsync(client, "echo begun; exec sleep 7344.5");
        var build = await BuildOfAsync(client, rollout);
        await client.FollowBuildAsync(build, until: "begun");

        (await client.CancelBuildAsync(build)).Dispose();

        var ended = await WorkerTests.FinalAsync(client, rollout);
        Assert.Equal((RolloutState.Failed, "its build was cancelled"), (ended.State, ended.Failure));
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_WhoseBuildTakesTooLong_HasFailed()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: [("Builds:Limit", "00:00:01"), ("Builds:Lease", "00:00:02")]) { Run = null };
        using var client = await api.ReadyClientAsync();
        var rollout = await ShipAsync(client, "exec sleep 7345.5");

        var ended = await WorkerTests.FinalAsync(client, rollout);

        Assert.Equal(RolloutState.Failed, ended.State);
        Assert.Contains("(Builds:Limit)", ended.Failure, StringComparison.Ordinal);
        Assert.False(BuildAsking.Sleeps("7345.5"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_ThatDoesNotCompile_FailsWithWhatTheCompilerPrinted()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync()) { Run = null };
        using var client = await api.ReadyClientAsync();
        var rollout = await ShipAsync(client, "echo 'main.c:3: syntax error' >&2; exit 3");

        var ended = await WorkerTests.FinalAsync(client, rollout);

        Assert.Equal(RolloutState.Failed, ended.State);
        Assert.Contains("main.c:3: syntax error", ended.Failure, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Ship_OfAReplicaThatStopsWhileItBuilds_IsGoneOnWithByAnotherInTheSameBuild()
    {
        var database = await postgres.NewDatabaseAsync();
        using var data = new TemporaryFolder();
        var a = new ApiHost(database, data.Path, more: [("Builds:Lease", "00:10:00"), ("Worker:Lease", "00:10:00")]) { Run = null };
        using var client = await a.ReadyClientAsync();
        var rollout = await ShipAsync(client, "echo begun; exec sleep 7346.5");
        var build = await BuildOfAsync(client, rollout);
        await client.FollowBuildAsync(build, until: "begun");
        await using var b = new ApiHost(database, data.Path) { Run = null };
        using var other = await b.ReadyClientAsync();

        await a.DisposeAsync();

        await other.FollowBuildAsync(build, until: "begun anew: the replica that had begun it is gone");
        Assert.Equal(build, (await other.GetAsync("/api/v1/builds", WireJson.Default.BuildList)).Builds.Single().Id);
        (await other.CancelBuildAsync(build)).Dispose();
        // That it ends with its build shows that the other replica waits for it.
        Assert.Equal("its build was cancelled", (await WorkerTests.FinalAsync(other, rollout)).Failure);
    }

    private static async Task<Guid> ShipAsync(HttpClient client, string script, string service = "orders")
    {
        using var shipped = await client.ShipAsync(await client.UploadScriptAsync(script, service), service);
        return (await shipped.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.Rollout)).Id;
    }

    private static Task<RolloutView> ViewAsync(HttpClient client, Guid rollout) => client.GetAsync($"/api/v1/rollouts/{rollout}", WireJson.Default.RolloutView);

    private static async Task<Guid> BuildOfAsync(HttpClient client, Guid rollout)
    {
        Guid? build = null;
        await Asking.UntilAsync("the rollout to ask for its build", async () => (build = (await ViewAsync(client, rollout)).Build) is not null);
        return build!.Value;
    }

    private static Task StoryAsync(HttpClient client, Guid rollout, string note) =>
        Asking.UntilAsync(note, async () => (await ViewAsync(client, rollout)).Events.Any(happened => happened.Message == note));
}
