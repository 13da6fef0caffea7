using System.Text.Json.Nodes;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;

namespace MyApp.Tests.Deployment.Builds.Trust;

/// <summary>What is signed of a build that is not done again.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private static readonly VcsState First = new(new string('a', 40), Dirty: false, "https://example.com/orders.git");
    private static readonly VcsState Second = First with { Commit = new string('b', 40) };
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    public static TheoryData<VcsState?, VcsState> Moves() => new()
    {
        { null, First },
        { First, Second },
        { First, First with { Dirty = true } },
        { First with { Dirty = true }, First },
        { First, First with { Remote = null } },
        { First with { Remote = null }, First },
    };

    [Theory]
    [MemberData(nameof(Moves))]
    public async Task Run_BuiltBeforeAtAnotherCommit_IsSignedForThisOne(VcsState? before, VcsState now)
    {
        var built = await RunAsync(before);
        var again = await RunAsync(now);

        Assert.True(again.FromCache);
        // As text: its lists are equal by what is in them.
        Assert.Equal((built.Artifact! with { Provenance = again.Artifact!.Provenance }).ToString(), again.Artifact.ToString());
        await AssertVouchedAsync(again.Artifact, now);
        await AssertVouchedAsync(built.Artifact, before);
        Assert.Equal(WithoutOrigin(built.Artifact), WithoutOrigin(again.Artifact));
    }

    [Fact]
    public async Task Run_BuiltBeforeAtThisCommit_SignsAndWritesNothing()
    {
        await RunAsync(First);
        var moved = await RunAsync(Second);
        var before = Documents(moved.Artifact!).Select(path => (path, File.GetLastWriteTimeUtc(path))).ToList();
        // Whoever signs makes a key.
        Directory.Delete(BuilderKeys.Folder(bench.Paths), recursive: true);
        var again = await RunAsync(Second);

        Assert.True(again.FromCache);
        Assert.Equal(moved.Artifact!.Provenance, again.Artifact!.Provenance);
        Assert.Equal(before, Documents(again.Artifact).Select(path => (path, File.GetLastWriteTimeUtc(path))));
        Assert.False(Directory.Exists(BuilderKeys.Folder(bench.Paths)));
    }

    [Fact]
    public async Task Run_BackAtAnEarlierCommit_TakesWhatWasSignedThen()
    {
        var built = await RunAsync(First);
        var moved = await RunAsync(Second);
        var back = await RunAsync(First);
        var forth = await RunAsync(Second);

        Assert.Equal((built.Artifact!.Provenance, moved.Artifact!.Provenance), (back.Artifact!.Provenance, forth.Artifact!.Provenance));
        Assert.Equal(2, Documents(built.Artifact).Count);
    }

    [Fact]
    public async Task Run_CommitIsNotKnown_KeepsWhatIsKnown()
    {
        var built = await RunAsync(First);
        var again = await RunAsync(null);

        Assert.Equal(built.Artifact!.Provenance, again.Artifact!.Provenance);
    }

    [Fact]
    public async Task Run_AnotherServiceOfTheSameBytes_HasItsOwn()
    {
        var orders = await RunAsync(First);
        var payments = await RunAsync(Second, "payments");
        var again = await RunAsync(Second);

        Assert.Equal(orders.Artifact!.Digest, payments.Artifact!.Digest);
        Assert.Equal(["orders", "payments", "orders"], new[] { orders, payments, again }.Select(result => (string)StatementOf(result.Artifact!)["subject"]![0]!["name"]!));
        Assert.Equal(3, Documents(orders.Artifact).Count);
    }

    // As a kill between the two writes leaves it: signed, and the cache's record as before.
    [Fact]
    public async Task Run_KilledAfterItSigned_TakesThatTheNextTime()
    {
        await RunAsync(First);
        var record = Assert.Single(Directory.GetFiles(BuildCache.Folder(bench.Paths)));
        var before = await File.ReadAllTextAsync(record, BuildBench.Ct);
        var moved = await RunAsync(Second);
        await File.WriteAllTextAsync(record, before, BuildBench.Ct);
        var again = await RunAsync(Second);

        Assert.Equal(moved.Artifact!.Provenance, again.Artifact!.Provenance);
        Assert.Equal(2, Documents(again.Artifact).Count);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("damaged")]
    [InlineData("signed with a key that is lost")]
    public async Task Run_NothingIsThereToGoBy_IsBuiltAgain(string what)
    {
        var built = (await RunAsync(First)).Artifact!;
        if (what == "gone")
            File.Delete(PathOf(built));
        else if (what == "damaged")
            await File.WriteAllTextAsync(PathOf(built), "{}", BuildBench.Ct);
        else
            Directory.Delete(BuilderKeys.Folder(bench.Paths), recursive: true);
        var again = await RunAsync(Second);

        Assert.False(again.FromCache);
        await AssertVouchedAsync(again.Artifact!, Second);
    }

    private async Task<BuildResult> RunAsync(VcsState? vcs, string service = "orders")
    {
        bench.Script("make-it", "#!/bin/sh\ncp /bin/true out\n");
        var result = await bench.RunAsync(await bench.RequestAsync(BuildBench.Command("./make-it")) with { Service = service, Vcs = vcs });
        Assert.Null(result.Failure);
        return result;
    }

    private async Task AssertVouchedAsync(Artifact artifact, VcsState? origin)
    {
        var key = (await SigningKey.LoadOrCreateAsync(bench.Paths, BuildBench.Ct)).Public;
        var outcome = await Verification.OfAsync(bench.Artifacts.PathOf(artifact.Digest), [await File.ReadAllTextAsync(PathOf(artifact), BuildBench.Ct)], [key], BuildBench.Ct);
        Assert.Null(outcome.Problem);
        Assert.Equal((origin?.Commit, origin?.Dirty, artifact.Source), (outcome.Commit, outcome.UncommittedChanges, outcome.Source));
        Assert.Equal(origin?.Remote is { } remote ? $"git+{remote}" : null, (string?)RepositoryOf(StatementOf(artifact))?["uri"]);
    }

    private string WithoutOrigin(Artifact artifact)
    {
        var statement = StatementOf(artifact);
        statement["predicate"]!["buildDefinition"]!["internalParameters"]!.AsObject().Remove("uncommittedChanges");
        if (RepositoryOf(statement) is { } repository)
            repository.Parent!.AsArray().Remove(repository);
        return statement.ToJsonString();
    }

    private static JsonNode? RepositoryOf(JsonNode statement) =>
        statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]!.AsArray().SingleOrDefault(dependency => (string?)dependency!["name"] == "repository");

    private JsonNode StatementOf(Artifact artifact) =>
        JsonNode.Parse(Convert.FromBase64String((string)JsonNode.Parse(File.ReadAllText(PathOf(artifact)))!["payload"]!))!;

    private string PathOf(Artifact artifact) => ArtifactDocuments.PathOf(bench.Artifacts, artifact.Digest, ArtifactDocuments.Provenance, artifact.Provenance!);

    private IReadOnlyList<string> Documents(Artifact artifact) => ArtifactDocuments.All(bench.Artifacts, artifact.Digest, ArtifactDocuments.Provenance);
}
