using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class ShipTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("myapp ship ");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Ship_InAPipe_PrintsPlainLines()
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "ship", "--api", plane.Address));

        Assert.Equal("", run.Error);
        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "ship.txt"), WithoutTimes(run.Out));
        var request = Assert.Single(plane.Shipped);
        Assert.Equal(("orders", "dev", "sha256:abc", null), (request.Service, request.Environment, request.Source, request.Release));
        Assert.True(plane.UploadedBytes > 0);
    }

    [Fact]
    public async Task Ship_Quiet_PrintsTheResultOnly()
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        await run.RunAsync(Ct, "ship", "--api", plane.Address, "--quiet");

        Assert.Equal("✓ orders in dev is orders-dev-2: http://127.0.0.1:8080\n", run.Out);
    }

    [Fact]
    public async Task ShipJson_Always_IsOneDocumentAndPeopleReadStandardError()
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "ship", "--api", plane.Address, "-o", "json"));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "ship.json"), run.Out);
        Assert.Contains("building", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ship_StreamBreaksOffAgainAndAgain_GoesOnWhereItWasAndTellsEachEventOnce()
    {
        await using var plane = await PlaneAsync();
        plane.BreakAfter = 2;
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "ship", "--api", plane.Address));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "ship.txt"), WithoutTimes(run.Out));
        Assert.Contains("reconnecting … the rollout goes on", run.Error, StringComparison.Ordinal);
        Assert.Contains(plane.Requests, r => r.EndsWith("/events#2", StringComparison.Ordinal));
        Assert.Contains(plane.Requests, r => r.EndsWith("/events#4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ship_RolledBack_IsExitCode4WithTheReason()
    {
        await using var plane = await PlaneAsync();
        plane.Events.RemoveAll(e => e.State > RolloutState.Starting);
        plane.AddEvent(RolloutEventKind.Entered, RolloutState.RolledBack);
        plane.End = RolloutState.RolledBack;
        plane.Failure = "orders-dev-2 did not get ready\nstartup: GET /health/ready: 503\n\u001b]0;owned\u0007last line";
        var run = Run();

        Assert.Equal(ExitCode.Unhealthy, await run.RunAsync(Ct, "ship", "--api", plane.Address));

        Assert.Contains("✗ orders in dev was rolled back in step starting\n  orders-dev-2 did not get ready\n  startup: GET", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RolloutState.Building, ExitCode.Failed)]
    [InlineData(RolloutState.Preflight, ExitCode.Failed)]
    [InlineData(RolloutState.Starting, ExitCode.Unhealthy)]
    [InlineData(RolloutState.Verifying, ExitCode.Unhealthy)]
    public async Task Ship_Failed_ExitCodeTellsABuildFromAnUnhealthyService(RolloutState step, int expected)
    {
        await using var plane = await PlaneAsync();
        plane.Events.Clear();
        plane.AddEvent(RolloutEventKind.Entered, step);
        plane.AddEvent(RolloutEventKind.Entered, RolloutState.Failed);
        (plane.End, plane.Failure) = (RolloutState.Failed, "no");

        Assert.Equal(expected, await Run().RunAsync(Ct, "ship", "--api", plane.Address));
    }

    [Theory]
    [InlineData("POST /api/v1/rollouts", 409, "lease-held", "orders in dev is being rolled out", ExitCode.Conflict)]
    [InlineData("POST /api/v1/sources", 413, "too-large", "the archive is larger than 256 MiB", ExitCode.BadInput)]
    [InlineData("POST /api/v1/sources", 500, "internal", "the disk is full", ExitCode.Failed)]
    public async Task Ship_Refused_SaysTheServersWordsAndTheHolder(string request, int status, string type, string detail, int expected)
    {
        await using var plane = await PlaneAsync();
        var holder = status == 409 ? "bob@build-2 since 12:00" : null;
        plane.Refusals[request] = (status, new ProblemView { Type = $"https://myapp.dev/problems/{type}", Title = "Refused", Detail = detail, Holder = holder });
        var run = Run();

        Assert.Equal(expected, await run.RunAsync(Ct, "ship", "--api", plane.Address, "-o", "json"));

        Assert.Contains($"myapp: {detail}\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(holder is not null, run.Error.Contains("  held by bob@build-2 since 12:00\n", StringComparison.Ordinal));
        using var document = JsonDocument.Parse(run.Out);
        Assert.EndsWith(type, document.RootElement.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ship_SpecWithProblems_TellsEachWithItsPlaceAndSendsNothing()
    {
        await using var plane = await PlaneAsync();
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "myapp.yaml"), "service: orders\nprot: 8080\nreplicas: many\n");
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "ship", "--api", plane.Address));

        Assert.Contains("myapp: myapp.yaml can't be used\n  myapp.yaml:2:1: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("  myapp.yaml:3:11: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(plane.Requests);
    }

    [Theory]
    [InlineData("release/1.4", null, "test")]
    [InlineData("feature/x", null, "dev")]
    [InlineData("main", null, "prod")]
    [InlineData("hotfix/2", null, "prod")]
    [InlineData("hotfix/2", "prod", "prod")]
    [InlineData("feature/x", "staging", "staging")]
    [InlineData("feature/x", "prod", null)]
    [InlineData("topic", null, null)]
    public async Task Ship_OfABranch_GoesWhereItIsTakenOrNowhere(string branch, string? named, string? environment)
    {
        await using var plane = await PlaneAsync();
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "myapp.yaml"), "service: orders\nport: 8080\nenvironments: { prod: { branches: [main, \"hotfix/*\"] } }\n");
        var run = Run();

        var exit = await run.RunAsync(Ct, ["ship", "--api", plane.Address, "--branch", branch, .. named is null ? Array.Empty<string>() : ["--env", named]]);

        Assert.Equal((environment is null ? ExitCode.BadInput : ExitCode.Ok, environment), (exit, plane.Shipped.SingleOrDefault()?.Environment));
        if (environment is null)
            Assert.Contains($"the branch '{branch}'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ship_FromAnotherBranchThanTheEnvironmentTakes_IsRefusedAndSendsNothing()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        await using var plane = await PlaneAsync();
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "myapp.yaml"), "service: orders\nport: 8080\nenvironments: { prod: { branches: [main] } }\n");
        await GitRepository.GitAsync(folder.FullName, "init", "--quiet", "--initial-branch=topic");
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "ship", "--api", plane.Address, "--env", "prod"));
        Assert.Equal("myapp: prod takes only main, and this is the branch 'topic'\n", run.Error);
        Assert.Empty(plane.Requests);

        await GitRepository.GitAsync(folder.FullName, "symbolic-ref", "HEAD", "refs/heads/main");
        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "ship", "--api", plane.Address, "--branch", "HEAD"));
        Assert.Equal("prod", plane.Shipped.Single().Environment);
    }

    [Fact]
    public async Task Ship_FromAWorkTree_TellsTheCommitAndWhetherThereAreChanges()
    {
        Assert.SkipUnless(ProgramSearch.Find("git") is not null, "needs git");
        await using var plane = await PlaneAsync();
        var commit = await GitRepository.CommitAllAsync(folder.FullName);
        await GitRepository.GitAsync(folder.FullName, "remote", "add", "origin", "https://ada:secret@git.example.com/orders.git");
        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "ship", "--api", plane.Address));
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "go.mod"), "module other\n");
        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "ship", "--api", plane.Address));

        Assert.Equal([new(commit, Dirty: false, "https://git.example.com/orders.git"), new(commit, Dirty: true, "https://git.example.com/orders.git")], plane.Shipped.Select(request => request.Vcs));
    }

    [Fact]
    public async Task Ship_OfAnArchive_SendsWhatItHolds()
    {
        await using var plane = await PlaneAsync();
        await using (var file = File.Create(Path.Combine(folder.FullName, "orders.tar.gz")))
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(zip))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "myapp.yaml") { DataStream = new MemoryStream("service: payments\nport: 8080\n"u8.ToArray()) }, Ct);
        }

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "ship", "orders.tar.gz", "--api", plane.Address));

        Assert.Equal("payments", plane.Shipped.Single().Service);
    }

    [Fact]
    public async Task Ship_ToAnEnvironmentThatNobodyKnows_IsRefusedWithTheNearest()
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "ship", "--api", plane.Address, "--env", "prd"));

        Assert.Equal("myapp: myapp.yaml has no environment 'prd': did you mean 'prod'? Or add it, as in 'environments: { prd: {} }'\n", run.Error);
        Assert.Empty(plane.Requests);
    }

    [Fact]
    public async Task Ship_NoSpec_SaysHowToMakeOne()
    {
        var run = new CliRun { Folder = folder.FullName };
        File.Delete(Path.Combine(folder.FullName, "myapp.yaml"));

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "ship"));

        Assert.Equal("myapp: there is no myapp.yaml: 'myapp init .' writes one\n", run.Error);
    }

    [Fact]
    public async Task Ship_Interrupted_DetachesAndSaysHowToFollow()
    {
        await using var plane = await PlaneAsync();
        plane.Events.RemoveAll(e => e.State > RolloutState.Building);
        plane.End = RolloutState.Building;
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = Run();

        var shipping = run.RunAsync(interrupt.Token, "ship", "--api", plane.Address);
        await Eventually.TrueAsync(
            () => run.Out.Contains("building", StringComparison.Ordinal), "the build is told", TimeSpan.FromSeconds(60), Ct);
        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Cancelled, await shipping);
        Assert.Contains($"orders is still being rolled out; follow it at {plane.Address}/rollouts/{FakeControlPlane.RolloutId}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ship_OnATerminal_DrawsAndEndsWithTheResult()
    {
        await using var plane = await PlaneAsync();
        var run = Run();
        run.Terminal = true;

        var exit = await run.RunAsync(Ct, "ship", "--api", plane.Address);

        Assert.Equal(("", ExitCode.Ok), (run.Error, exit));
        Assert.Contains("orders → dev", run.Out, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8080", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("12:00:0", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_Always_FollowsToTheEnd()
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "rollback", "orders", "--api", plane.Address, "--quiet"));

        Assert.Equal("✓ orders in dev is orders-dev-2: http://127.0.0.1:8080\n", run.Out);
    }

    [Theory]
    [InlineData(null, "orders-dev-2")]
    [InlineData("orders-dev-7", "orders-dev-7")]
    public async Task Promote_AsksForTheReleaseThatHasTheTrafficThereOrTheOneNamed(string? named, string promoted)
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        var exit = await run.RunAsync(Ct, ["promote", "orders", "--from", "dev", "--env", "staging", "--api", plane.Address, "--quiet", .. named is null ? Array.Empty<string>() : ["--release", named]]);

        Assert.Equal(("", ExitCode.Ok), (run.Error, exit));
        var request = Assert.Single(plane.Shipped);
        Assert.Equal(("orders", "staging", promoted, null), (request.Service, request.Environment, request.Promotes, request.Source));
    }

    [Theory]
    [InlineData("ship")]
    [InlineData("promote", "orders", "--from", "staging")]
    public async Task Ship_WithValuesSet_SendsThem(params string[] args)
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        var exit = await run.RunAsync(Ct, [.. args, "--api", plane.Address, "--quiet", "--set", "replicas=3", "--set", "run.env.MODE=a b"]);

        Assert.Equal(("", ExitCode.Ok), (run.Error, exit));
        Assert.Equal(["replicas=3", "run.env.MODE=a b"], Assert.Single(plane.Shipped).Set);
    }

    [Theory]
    [InlineData("replicas=many", "command line --set replicas: 'many' is not a value for replicas")]
    [InlineData("run.env.DB_PASSWORD=hunter2", "command line --set run.env.DB_PASSWORD: this looks like a secret")]
    [InlineData("run.env={DB_PASSWORD: hunter2}", "myapp secrets set DB_PASSWORD")]
    [InlineData("run.args=[--db-password=hunter2]", "this looks like a secret")]
    public async Task Ship_WithAValueThatCantBeSet_SendsNothing(string set, string says)
    {
        await using var plane = await PlaneAsync();
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "ship", "--api", plane.Address, "--set", set));

        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0L), (plane.Shipped.Count, plane.UploadedBytes));
    }

    [Theory]
    [InlineData("y\n", ExitCode.Ok, 1)]
    [InlineData("n\n", ExitCode.Cancelled, 0)]
    [InlineData("", ExitCode.Cancelled, 0)]
    public async Task Stop_OnATerminal_AsksFirst(string answer, int expected, int posts)
    {
        await using var plane = await PlaneAsync();
        var run = Run();
        (run.Terminal, run.Input) = (true, answer);

        Assert.Equal(expected, await run.RunAsync(Ct, "stop", "orders", "--api", plane.Address));

        Assert.Equal(posts, plane.Requests.Count(r => r == "POST /api/v1/services/orders/stop"));
    }

    [Fact]
    public async Task Stop_InAPipeOrWithYes_DoesNotAsk()
    {
        await using var plane = await PlaneAsync();
        var terminal = Run();
        terminal.Terminal = true;

        Assert.Equal(ExitCode.Ok, await Run().RunAsync(Ct, "stop", "orders", "--api", plane.Address));
        Assert.Equal(ExitCode.Ok, await terminal.RunAsync(Ct, "stop", "orders", "--api", plane.Address, "--yes"));
    }

    private CliRun Run() => new() { Folder = folder.FullName };

    // An upload's line has sizes and times of its own.
    private static string WithoutTimes(string text) => string.Join('\n', text.Split('\n').Where(l => !l.StartsWith("source: ", StringComparison.Ordinal)));

    private async Task<FakeControlPlane> PlaneAsync()
    {
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "myapp.yaml"), "service: orders\nport: 8080\n");
        AtomicFile.WriteAllText(Path.Combine(folder.FullName, "go.mod"), "module orders\n");
        var plane = await FakeControlPlane.StartAsync();
        plane.Services.Add(Samples.Orders);
        plane.AddEvent(RolloutEventKind.Entered, RolloutState.Building);
        plane.AddEvent(RolloutEventKind.Note, RolloutState.Building, "go build -trimpath\n./main.go:3: a warning");
        plane.AddEvent(RolloutEventKind.Completed, RolloutState.Building, "12.0 MiB → 8.1 MiB", TimeSpan.FromMilliseconds(1234));
        plane.AddEvent(RolloutEventKind.Entered, RolloutState.Starting, "starting beside orders-dev-1");
        plane.AddEvent(RolloutEventKind.Completed, RolloutState.Starting, "", TimeSpan.FromMilliseconds(850));
        plane.AddEvent(RolloutEventKind.Entered, RolloutState.Succeeded);
        return plane;
    }
}
