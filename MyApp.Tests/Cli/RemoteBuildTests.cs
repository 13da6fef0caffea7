using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Api;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary><c>build --remote</c> and <c>builds</c> against a real control plane, which builds with real commands.</summary>
public sealed class RemoteBuildTests(PostgresFixture postgres) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task BuildRemote_FollowsItsLogAndEndsWithTheReport()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        Script("echo compiling; cp /bin/true out");
        var build = Run();

        Assert.Equal(ExitCode.Ok, await build.RunAsync(Ct, "build", "--remote", "--api", api.Address));

        Assert.Matches("""(?s)orders: build \S+ is asked for.*\d\d:\d\d:\d\d linux/\w+  compiling\n.*linux/\w+  compile: .*\nSTEP .*✓ orders .*sha256:""", build.Out);
        var list = Run();
        Assert.Equal(ExitCode.Ok, await list.RunAsync(Ct, "builds", "list", "--api", api.Address, "-o", "json"));
        var id = JsonSerializer.Deserialize(list.Out, WireJson.Default.BuildList)!.Builds.Single().Id;
        var log = Run();
        Assert.Equal(ExitCode.Ok, await log.RunAsync(Ct, "builds", "log", $"{id}", "--api", api.Address, "-o", "json"));
        using var lines = JsonDocument.Parse(log.Out);
        Assert.Contains("compiling", lines.RootElement.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        var show = Run();
        Assert.Equal(ExitCode.Ok, await show.RunAsync(Ct, "builds", "show", $"{id}", "--api", api.Address));
        Assert.Matches("(?s)orders in dev: succeeded, asked for by .*✓ orders ", show.Out);
    }

    [Fact(Timeout = 180_000)]
    public async Task BuildRemote_WithOut_WritesWhatWasBuiltOfTheCommitThatIsCheckedOut()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        Script("cp /bin/true out; cp /bin/echo other");
        var commit = await GitRepository.CommitAllAsync(Path.Combine(folder.Path, "project"));
        var build = Run();

        Assert.Equal(ExitCode.Ok, await build.RunAsync(Ct, "build", "--remote", "--set", "build.output=other", "--out", "dist", "--api", api.Address, "-o", "json"));

        var made = JsonSerializer.Deserialize(build.Out, WireJson.Default.BuildList)!.Builds.Single();
        Assert.Equal((commit, false), (made.Vcs!.Commit, made.Vcs.Dirty));
        var path = Path.Combine(folder.Path, "project", "dist", ArtifactExport.NameOf(made.Platforms.Single().Artifact!));
        Assert.Equal(await File.ReadAllBytesAsync("/bin/echo", Ct), await File.ReadAllBytesAsync(path, Ct));
        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(path));
        Assert.All([".sbom.cdx.json", ".provenance.intoto.json"], kind => Assert.True(File.Exists(path + kind), kind));
        var fetch = Run();
        Assert.Equal(ExitCode.Ok, await fetch.RunAsync(Ct, "builds", "fetch", $"{made.Id}", "--out", "again", "--api", api.Address));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder.Path, "project", "again"), "orders-*").Length);
    }

    [Fact(Timeout = 180_000)]
    public async Task BuildRemote_ThatFails_EndsWithWhatTheCompilerPrinted()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        Script("echo 'main.c:3: syntax error' >&2; exit 3");
        var build = Run();

        Assert.Equal(ExitCode.Failed, await build.RunAsync(Ct, "build", "--remote", "--api", api.Address, "-o", "json"));

        Assert.Contains("main.c:3: syntax error", build.Error, StringComparison.Ordinal);
        Assert.Equal(BuildState.Failed, JsonSerializer.Deserialize(build.Out, WireJson.Default.BuildList)!.Builds.Single().State);
    }

    [Fact(Timeout = 180_000)]
    public async Task BuildRemote_Interrupted_CancelsTheBuild()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        Script("echo begun; exec sleep 7351.5");
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var build = Run();
        var running = build.RunAsync(interrupt.Token, "build", "--remote", "--api", api.Address);
        await Asking.UntilAsync("its first line", () => Task.FromResult(build.Out.Contains("  begun\n", StringComparison.Ordinal)));
        var id = build.Out.Split("build ")[1].Split(' ')[0];
        // The log so far, of a build that goes on.
        var log = Run();
        Assert.Equal(ExitCode.Ok, await log.RunAsync(Ct, "builds", "log", id, "--api", api.Address));
        Assert.Contains("  begun\n", log.Out, StringComparison.Ordinal);

        await interrupt.CancelAsync();

        Assert.Equal(ExitCode.Cancelled, await running);
        Assert.Contains($"orders: build {id} is cancelled\n", build.Error, StringComparison.Ordinal);
        var rest = Run();
        Assert.Equal(ExitCode.Ok, await rest.RunAsync(Ct, "builds", "log", id, "-f", "--api", api.Address));
        Assert.False(BuildAsking.Sleeps("7351.5"));
    }

    [Fact(Timeout = 180_000)]
    public async Task BuildRemote_Detached_IsLeftToTheQueueAndCanBeCancelledOnce()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync(), ("Builds:Parallel", "0"));
        Script("cp /bin/true out");
        var build = Run();
        Assert.Equal(ExitCode.Ok, await build.RunAsync(Ct, "build", "--remote", "--detach", "--platform", "linux/arm64", "--api", api.Address, "-o", "json"));
        var asked = JsonSerializer.Deserialize(build.Out, WireJson.Default.BuildList)!.Builds.Single();
        Assert.Equal(BuildState.Queued, asked.State);

        var cancel = Run();
        Assert.Equal(ExitCode.Ok, await cancel.RunAsync(Ct, "builds", "cancel", $"{asked.Id}", "--api", api.Address));
        Assert.Equal("orders: cancelled\n", cancel.Out);
        var again = Run();
        Assert.Equal(ExitCode.Conflict, await again.RunAsync(Ct, "builds", "cancel", $"{asked.Id}", "--api", api.Address));
        Assert.Contains("the build has cancelled already", again.Error, StringComparison.Ordinal);
        var list = Run();
        Assert.Equal(ExitCode.Ok, await list.RunAsync(Ct, "builds", "list", "--service", "orders", "--env", "dev", "--api", api.Address));
        Assert.Matches($"{asked.Id}  orders   dev  cancelled ", list.Out);
        var elsewhere = Run();
        Assert.Equal(ExitCode.Ok, await elsewhere.RunAsync(Ct, "builds", "list", "--env", "prod", "--api", api.Address));
        Assert.Contains("no build was asked for yet", elsewhere.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--detach: goes with --remote", "build", "--detach")]
    [InlineData("--out: does not go with --detach", "build", "--remote", "--detach", "--out", "dist")]
    [InlineData("--advise: measures on this machine", "build", "--remote", "--advise")]
    [InlineData("'nonsense' sets nothing", "build", "--remote", "--set", "nonsense")]
    [InlineData("'seven' is not the id of a build", "builds", "show", "seven")]
    [InlineData("local mode has no queue of builds", "builds", "list", "--local")]
    [InlineData("local mode has no queue of builds", "build", "--remote", "--local")]
    public async Task CommandLine_ThatMakesNoSense_IsBadInput(string says, params string[] args)
    {
        Script("cp /bin/true out");
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, args));

        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    private void Script(string script)
    {
        folder.File("project/myapp.yaml", "service: orders\nbuild: { toolchain: command, command: [sh, build.sh], output: out }\n");
        folder.File("project/build.sh", script + "\n");
    }

    private CliRun Run() => new() { Folder = Path.Combine(folder.Path, "project") };
}
