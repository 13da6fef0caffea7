using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

/// <summary>Builds in the control plane, by real commands.</summary>
public sealed class BuildTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Build_OfACommand_TellsWhatItPrintsAndEachStepAndEndsWithTheArtifact()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var build = await OrderAsync(client, "echo compiling; echo warning: odd >&2; cp /bin/true out");

        var (lines, end) = await client.FollowBuildAsync(build.Id);

        Assert.Equal(BuildState.Succeeded, end.State);
        var platform = Assert.Single(end.Platforms);
        Assert.Equal((Platforms.Native, null), (platform.Platform, platform.Failure));
        Assert.Contains("compile", platform.Steps.Select(step => step.Step));
        Assert.StartsWith("sha256:", platform.Artifact!.Digest, StringComparison.Ordinal);
        Assert.Contains((Platforms.Native, "compiling"), lines.Select(line => (line.Platform, line.Text)));
        Assert.Contains((Platforms.Native, "warning: odd"), lines.Select(line => (line.Platform, line.Text)));
        Assert.Contains(lines, line => line.Text.StartsWith("compile: ", StringComparison.Ordinal));
        Assert.Equal(lines.Select(line => line.Sequence).Order(), lines.Select(line => line.Sequence));
        Assert.Equal(build.Id, (await client.GetAsync("/api/v1/builds?service=orders", WireJson.Default.BuildList)).Builds.Single().Id);
        // Whoever has the last line already is only told the end.
        Assert.Empty((await client.FollowBuildAsync(build.Id, lines[^1].Sequence)).Lines);
    }

    [Fact(Timeout = 180_000)]
    public async Task Build_ThatFails_KeepsWhatWasPrinted()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var build = await OrderAsync(client, "echo 'main.c:3: syntax error' >&2; exit 3");

        var (_, end) = await client.FollowBuildAsync(build.Id);

        Assert.Equal((BuildState.Failed, $"not built for {Platforms.Native}"), (end.State, end.Failure));
        Assert.Contains("main.c:3: syntax error", end.Platforms.Single().Failure, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Cancel_WhileItCompiles_EndsTheCompiler()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var build = await OrderAsync(client, "echo begun; exec sleep 7331.5");
        await client.FollowBuildAsync(build.Id, until: "begun");
        Assert.True(BuildAsking.Sleeps("7331.5"));

        using var cancelled = await client.CancelBuildAsync(build.Id);
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        var (_, end) = await client.FollowBuildAsync(build.Id);

        Assert.Equal((BuildState.Cancelled, "cancelled on request"), (end.State, end.Failure));
        Assert.False(BuildAsking.Sleeps("7331.5"));
        using var late = await client.CancelBuildAsync(build.Id);
        await late.ProblemAsync(HttpStatusCode.Conflict, "too-late");
    }

    [Fact(Timeout = 180_000)]
    public async Task Queue_ThatIsFull_RefusesAndAPlaceIsFreeAgainAfterACancellation()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: [("Builds:Parallel", "0"), ("Builds:MostQueued", "2")]);
        using var client = await api.ReadyClientAsync();
        var first = await OrderAsync(client, "cp /bin/true out");
        var second = await OrderAsync(client, "cp /bin/true out");
        Assert.Equal((BuildState.Queued, 0, 1), (first.State, first.Ahead, second.Ahead));

        using var third = await PostAsync(client, "cp /bin/true out");
        await third.ProblemAsync(HttpStatusCode.TooManyRequests, "queue-full");
        using var cancelled = await client.CancelBuildAsync(first.Id);
        Assert.Equal(BuildState.Cancelled, (await cancelled.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.BuildView)).State);
        Assert.Equal(BuildState.Cancelled, (await client.FollowBuildAsync(first.Id)).End.State);

        Assert.Equal(1, (await OrderAsync(client, "cp /bin/true out")).Ahead);
    }

    [Fact(Timeout = 180_000)]
    public async Task Build_ThatTakesTooLong_HasFailed()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: [("Builds:Limit", "00:00:01"), ("Builds:Lease", "00:00:02")]);
        using var client = await api.ReadyClientAsync();
        var build = await OrderAsync(client, "exec sleep 7332.5");

        var (_, end) = await client.FollowBuildAsync(build.Id);

        Assert.Equal(BuildState.Failed, end.State);
        Assert.StartsWith("it took longer than ", end.Failure, StringComparison.Ordinal);
        Assert.False(BuildAsking.Sleeps("7332.5"));
    }

    [Fact(Timeout = 180_000)]
    public async Task Build_OfAReplicaThatStops_IsBegunAnewByAnother()
    {
        var database = await postgres.NewDatabaseAsync();
        using var data = new TemporaryFolder();
        var a = new ApiHost(database, data.Path, more: ("Builds:Lease", "00:10:00"));
        using var client = await a.ReadyClientAsync();
        var build = await OrderAsync(client, "echo begun; exec sleep 7333.5");
        await client.FollowBuildAsync(build.Id, until: "begun");
        await using var b = new ApiHost(database, data.Path);
        using var other = await b.ReadyClientAsync();

        await a.DisposeAsync();

        // With ten minutes of lease left, only giving it back lets another replica have it now.
        var (lines, _) = await other.FollowBuildAsync(build.Id, until: "begun anew: the replica that had begun it is gone");
        Assert.Contains(lines, line => line.Text == "begun");
        using var cancelled = await other.CancelBuildAsync(build.Id);
        Assert.Equal(BuildState.Cancelled, (await other.FollowBuildAsync(build.Id)).End.State);
    }

    [Fact(Timeout = 180_000)]
    public async Task Log_BeyondWhatIsKept_IsCounted()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Builds:MostLines", "50"));
        using var client = await api.ReadyClientAsync();
        var build = await OrderAsync(client, "seq 1 1000; cp /bin/true out");

        var (lines, end) = await client.FollowBuildAsync(build.Id);

        Assert.Equal(BuildState.Succeeded, end.State);
        Assert.Equal(51, lines.Count);
        Assert.EndsWith("more lines were told and are not kept", lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Build_WithValuesAndACommit_IsMadeWithThemAndItsFilesCanBeHad()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var source = await client.UploadScriptAsync("cp /bin/true out; cp /bin/echo other");
        var commit = new VcsState(new string('a', 40), Dirty: true, "https://git.example.com/orders.git");
        var order = new BuildOrder { Service = "orders", Source = source, Set = ["build.output=other"], Vcs = commit, RequestedBy = "ada@test" };
        using var asked = await client.PostAsync("/api/v1/builds", order, WireJson.Default.BuildOrder);

        var (_, end) = await client.FollowBuildAsync((await asked.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.BuildView)).Id);

        Assert.Equal((BuildState.Succeeded, commit), (end.State, end.Vcs));
        var artifact = end.Platforms.Single().Artifact!;
        Assert.Equal($"sha256:{Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync("/bin/echo", Ct)))}", artifact.Digest);
        var name = $"orders-{Platforms.Native.Replace('/', '-')}";
        foreach (var (file, digest) in new[] { (name, artifact.Digest), ($"{name}.sbom.cdx.json", artifact.Sbom), ($"{name}.provenance.intoto.json", artifact.Provenance) })
            Assert.Equal(digest, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(await client.GetByteArrayAsync(FileOf(end, file), Ct)))}");
        using var envelope = JsonDocument.Parse(await client.GetStringAsync(FileOf(end, $"{name}.provenance.intoto.json"), Ct));
        var statement = Encoding.UTF8.GetString(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
        Assert.Contains($"\"gitCommit\": \"{commit.Commit}\"", statement, StringComparison.Ordinal);
        Assert.Contains("https://git.example.com/orders.git", statement, StringComparison.Ordinal);

        using var unknown = await client.GetAsync(FileOf(end, "other"), Ct);
        Assert.Contains(name, (await unknown.ProblemAsync(HttpStatusCode.NotFound, "not-found")).Detail, StringComparison.Ordinal);
        File.Delete(new ArtifactStore(new DataPaths(api.Data).Artifacts).PathOf(artifact.Digest));
        using var gone = await client.GetAsync(FileOf(end, name), Ct);
        await gone.ProblemAsync(HttpStatusCode.Gone, "artifact-gone");
    }

    [Fact(Timeout = 180_000)]
    public async Task Build_ThatHasBeenOverForLong_IsForgottenWithItsLog()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Builds:Keep", "00:00:00.001"));
        using var client = await api.ReadyClientAsync();
        var old = await OrderAsync(client, "cp /bin/true out");
        await client.FollowBuildAsync(old.Id);
        var young = await OrderAsync(client, "cp /bin/echo out");

        await client.FollowBuildAsync(young.Id);

        await Asking.UntilAsync("the old one is gone", async () => (await client.GetAsync("/api/v1/builds", WireJson.Default.BuildList)).Builds.All(build => build.Id != old.Id));
        using var gone = await client.GetAsync(new Uri($"/api/v1/builds/{old.Id}/log", UriKind.Relative), Ct);
        await gone.ProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Request_ThatMakesNoSense_IsRefusedWithEveryProblem()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var wrong = await client.PostAsync(
            "/api/v1/builds",
            new BuildOrder
            {
                Service = "../x", Environment = "dev", Source = "sha256:1", Platforms = ["plan9/mips"], Set = ["replicas"], Vcs = new("HEAD", Dirty: false, "https://ada:secret@example.com/x"), RequestedBy = "a",
            },
            WireJson.Default.BuildOrder);
        var problem = await wrong.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request");
        Assert.All(["service: ", "source: ", "platforms: 'plan9/mips'", "set: ", "vcs.commit: ", "vcs.remote: "], text => Assert.Contains(text, problem.Detail, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", problem.Detail, StringComparison.Ordinal);
        using var unknown = await client.PostAsync(
            "/api/v1/builds", new BuildOrder { Service = "orders", Source = $"sha256:{new string('0', 64)}", RequestedBy = "a" }, WireJson.Default.BuildOrder);
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "unknown-source");
        using var missing = await client.GetAsync(new Uri($"/api/v1/builds/{Guid.NewGuid()}", UriKind.Relative), Ct);
        await missing.ProblemAsync(HttpStatusCode.NotFound, "not-found");
        using var log = await client.GetAsync(new Uri($"/api/v1/builds/{Guid.NewGuid()}/log", UriKind.Relative), Ct);
        await log.ProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    private static Uri FileOf(BuildView build, string name) => new($"/api/v1/builds/{build.Id}/files/{name}", UriKind.Relative);

    private static async Task<BuildView> OrderAsync(HttpClient client, string script)
    {
        using var answer = await PostAsync(client, script);
        return await answer.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.BuildView);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string script)
    {
        var source = await client.UploadScriptAsync(script);
        return await client.PostAsync("/api/v1/builds", new BuildOrder { Service = "orders", Source = source, RequestedBy = "ada@test" }, WireJson.Default.BuildOrder);
    }
}
