using System.Net;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds;

public sealed class BuildPipelineTests(BuildPipelineTests.SharedData data) : IClassFixture<BuildPipelineTests.SharedData>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DataPaths paths = data.Paths;

    public void Dispose() => folder.Dispose();

    // One data folder for all: the compilers' caches make every build after the first a short one.
    public sealed class SharedData : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public DataPaths Paths => new(folder.Path);

        public void Dispose() => folder.Dispose();
    }

    [Fact]
    public async Task Run_GinSample_MakesASmallStaticExecutableAndRemembersIt()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        Assert.SkipUnless(Directory.Exists("/usr/share/gocode/src/github.com/gin-gonic/gin"), "needs golang-github-gin-gonic-gin-dev");
        var ct = TestContext.Current.CancellationToken;
        var first = await BuildAsync(Path.Combine(Repository.Samples, "orders-gin"), new() { Toolchain = BuildSpec.Go }, ct);

        Assert.Null(first.Failure);
        Assert.False(first.FromCache);
        Assert.True(first.Artifact!.Static);
        Assert.True(first.Artifact.Bytes < first.Artifact.PlainBytes, $"{first.Artifact.PlainBytes} → {first.Artifact.Bytes}");
        var slim = Assert.Single(first.Steps, step => step.Step == "slim");
        Assert.Equal((first.Artifact.PlainBytes, first.Artifact.Bytes), (slim.BytesBefore, slim.BytesAfter));
        Assert.Equal(first.Artifact.Bytes, new FileInfo(new ArtifactStore(paths.Artifacts).PathOf(first.Artifact.Digest)).Length);

        var again = await BuildAsync(Path.Combine(Repository.Samples, "orders-gin"), new() { Toolchain = BuildSpec.Go }, ct);
        Assert.True(again.FromCache);
        Assert.Equal((first.Artifact.Digest, first.Artifact.Provenance), (again.Artifact!.Digest, again.Artifact.Provenance));
        Assert.Empty(Directory.EnumerateFileSystemEntries(paths.Work));
    }

    [Fact]
    public async Task Run_SameSourceWithoutCache_GivesTheSameBytes()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        var ct = TestContext.Current.CancellationToken;
        var source = folder.Folder("source");
        folder.File("source/main.go", "package main\n\nimport \"fmt\"\n\nvar version string\n\nfunc main() { fmt.Println(version) }\n");
        var first = await BuildAsync(source, new(), ct);
        Directory.Delete(BuildCache.Folder(paths), recursive: true);
        var second = await BuildAsync(source, new(), ct);

        Assert.False(second.FromCache);
        Assert.Equal(first.Artifact!.Digest, second.Artifact!.Digest);
    }

    [Fact]
    public async Task Run_GoCompileError_ShowsItAsPrinted()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        folder.File("source/go.mod", "module example.com/broken\n\ngo 1.18\n");
        folder.File("source/main.go", "package main\n\nfunc main() { missing() }\n");
        var result = await BuildAsync(Path.Combine(folder.Path, "source"), new(), TestContext.Current.CancellationToken);

        Assert.Null(result.Artifact);
        Assert.Contains("./main.go:3:15: undefined: missing", result.Failure);
        Assert.DoesNotContain(paths.Work, result.Failure);
    }

    [Fact]
    public async Task Run_NoToolchainRecognised_SaysWhatToSet()
    {
        folder.File("source/readme.md", "nothing to build");
        var result = await BuildAsync(Path.Combine(folder.Path, "source"), new(), TestContext.Current.CancellationToken);

        Assert.Contains("build.toolchain", result.Failure);
    }

    [Fact]
    public void Locate_NoGo_SaysWhatToInstall()
    {
        var missing = Assert.Throws<BuildFailedException>(() => MyApp.Deployment.Builds.Toolchains.GoToolchain.Locate(folder.Path));

        Assert.Contains("apt-get install golang-go", missing.Message);
    }

    [Fact]
    public async Task Run_UnknownSource_IsAFailureNotACrash()
    {
        var request = new BuildRequest { Service = "orders", Source = "sha256:" + new string('0', 64), Build = new() };
        var result = await new BuildPipeline(paths, TimeProvider.System).RunAsync(request, new Progress<BuildNote>(), TestContext.Current.CancellationToken);

        Assert.Contains("no source archive", result.Failure);
    }

    [Fact]
    public async Task Run_DotnetSample_MakesOneFileThatServes()
    {
        Assert.SkipUnless(ProgramSearch.Find("dotnet") is not null, "needs the .NET SDK");
        var ct = TestContext.Current.CancellationToken;
        var result = await BuildAsync(Path.Combine(Repository.Samples, "orders-dotnet"), new() { Toolchain = BuildSpec.Dotnet }, ct);

        Assert.Null(result.Failure);
        await AssertServesAsync(new ArtifactStore(paths.Artifacts).PathOf(result.Artifact!.Digest), ct);
    }

    [Fact]
    public async Task Run_DotnetCompileError_ShowsItAsPrinted()
    {
        Assert.SkipUnless(ProgramSearch.Find("dotnet") is not null, "needs the .NET SDK");
        folder.File("source/Broken.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        folder.File("source/Program.cs", "missing();\n");
        var result = await BuildAsync(Path.Combine(folder.Path, "source"), new(), TestContext.Current.CancellationToken);

        Assert.Contains("Program.cs(1,1): error CS0103", result.Failure);
    }

    private async Task<BuildResult> BuildAsync(string source, BuildSpec build, CancellationToken ct)
    {
        var digest = await SourceUpload.SaveAsync(paths, source, ct);
        var request = new BuildRequest { Service = "orders", Source = digest, Build = build };
        return await new BuildPipeline(paths, TimeProvider.System).RunAsync(request, new Progress<BuildNote>(), ct);
    }

    private static async Task AssertServesAsync(string program, CancellationToken ct)
    {
        var address = new TaskCompletionSource<string>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var run = LocalHost.RunAsync(
            new(program, []) { Env = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["PATH"] = "/usr/bin:/bin", ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information" }, OnLine = (_, line) => Look(line) },
            ended.Token);
        try
        {
            using var client = new HttpClient { BaseAddress = new(await address.Task.WaitAsync(TimeSpan.FromSeconds(60), ct)) };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready", ct)).StatusCode);
            using var order = new StringContent("""{"customer":"ada","items":[{"sku":"tea","quantity":2}]}""", System.Text.Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.Created, (await client.PostAsync("/orders", order, ct)).StatusCode);
            Assert.Contains("\"status\":\"open\"", await client.GetStringAsync("/orders/1", ct));
        }
        finally
        {
            await ended.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        // {"Message":"Now listening on: http://127.0.0.1:34567",…}
        void Look(string line)
        {
            const string marker = "Now listening on: ";
            if (line.IndexOf(marker, StringComparison.Ordinal) is >= 0 and var at)
                address.TrySetResult(line[(at + marker.Length)..].Split('"', ' ')[0]);
        }
    }
}
