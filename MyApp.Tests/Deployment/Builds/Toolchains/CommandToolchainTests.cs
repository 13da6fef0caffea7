using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Toolchains;

public sealed class CommandToolchainTests : IDisposable
{
    private readonly BuildBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Run_CSample_IsStaticAndStripped()
    {
        Assert.SkipUnless(ProgramSearch.Find("gcc") is not null && ProgramSearch.Find("strip") is not null, "needs gcc");
        var spec = SpecReader.Read(await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "myapp.yaml"), BuildBench.Ct), "myapp.yaml");
        Assert.Empty(spec.Problems);
        bench.File("main.c", await File.ReadAllTextAsync(Path.Combine(Repository.Samples, "hello-c", "main.c"), BuildBench.Ct));
        var result = await bench.BuildAsync(spec.File!.Find("hello", "dev")!.Build);

        Assert.Null(result.Failure);
        Assert.True(result.Artifact!.Static);
        Assert.True(result.Artifact.Bytes < result.Artifact.PlainBytes);
        Assert.Empty(Directory.EnumerateFileSystemEntries(bench.Paths.Work));
    }

    [Fact]
    public async Task Run_CompilerFails_ShowsItAsPrintedWithItsExitCode()
    {
        bench.Script("make-it", "#!/bin/sh\necho 'main.c:3: that is wrong' >&2\nexit 7\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it"));

        Assert.Equal("'./make-it' failed with exit code 7\nmain.c:3: that is wrong", result.Failure);
    }

    [Theory]
    [InlineData("true", "ended well and did not make 'out'")]
    [InlineData("ln -s /etc/passwd out", "leads through a link")]
    [InlineData("mkfifo out", "is empty, or no file")]
    [InlineData("mkdir out", "did not make 'out'")]
    [InlineData("echo text > out", "no executable for linux/")]
    public async Task Run_OutputIsNotWhatItShouldBe_IsRefused(string line, string why)
    {
        bench.Script("make-it", $"#!/bin/sh\n{line}\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it"));

        Assert.Null(result.Artifact);
        Assert.Contains(why, result.Failure);
        Assert.False(Directory.Exists(bench.Paths.Artifacts));
    }

    [Fact]
    public async Task Run_ToolIsMissing_SaysSo()
    {
        bench.File("main.x", "");
        var result = await bench.BuildAsync(BuildBench.Command("no-such-compiler"));

        Assert.Contains("'no-such-compiler' is not installed", result.Failure);
    }

    [Fact]
    public async Task Run_TakesTooLong_IsStopped()
    {
        bench.Script("make-it", "#!/bin/sh\nexec sleep 600\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Limits = new() { Time = TimeSpan.FromSeconds(1) } });

        Assert.Contains("was stopped", result.Failure);
    }

    [Fact]
    public async Task Run_WritesTooMuch_Fails()
    {
        Assert.SkipUnless(ProgramSearch.Find("prlimit") is not null, "needs prlimit");
        bench.Script("make-it", "#!/bin/sh\ndd if=/dev/zero of=out bs=1M count=3\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Limits = new() { Output = 1 << 20 } });

        Assert.NotNull(result.Failure);
        Assert.Null(result.Artifact);
    }

    // With the signal ignored a write only fails, which this command doesn't look at; what it leaves still runs.
    [Fact]
    public async Task Run_OutputIsCutOffAndTheCommandDoesNotMind_IsRefused()
    {
        Assert.SkipUnless(ProgramSearch.Find("prlimit") is not null, "needs prlimit");
        bench.Script("make-it", "#!/bin/sh\ntrap '' XFSZ\ncp /bin/true out\ndd if=/dev/zero bs=64K count=32 >> out\nexit 0\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Limits = new() { Output = 1 << 20 } });

        Assert.Null(result.Artifact);
        Assert.Equal("'out' has 1.0 MiB and so has reached build.limits.output (1.0 MiB), where files are cut off: set that limit higher", result.Failure);
    }

    [Fact]
    public async Task Run_Environment_IsCleanButForWhatTheSpecAdds()
    {
        bench.Script("make-it", "#!/bin/sh\nenv | cut -d= -f1 | sort >&2; echo \"$CFLAGS $MYAPP_OS/$MYAPP_ARCH\" >&2; exit 1\n");
        var env = new Dictionary<string, string> { ["CFLAGS"] = "-O2" };
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Env = env });

        Assert.Contains("-O2 linux/", result.Failure);
        Assert.DoesNotContain("DOTNET_", result.Failure);
        Assert.DoesNotContain("MYAPP_DATA", result.Failure);
    }

    [Fact]
    public async Task Run_InASandbox_SeesNoHomesAndNoOtherBuild()
    {
        Assert.SkipUnless(await SandboxWorksAsync(), "needs a bubblewrap that this user may use");
        bench.Script("make-it", "#!/bin/sh\nls -A /root /home >&2; touch /usr/mine 2>&1 | head -1 >&2; exit 1\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Run = new(["./make-it"], "out", [], Network: false) });

        Assert.Contains("Read-only file system", result.Failure);
        Assert.Contains("/home:", result.Failure);
        Assert.DoesNotContain(".nuget", result.Failure);
    }

    [Fact]
    public async Task Run_NetworkOffWithoutASandbox_SaysWhatToInstall()
    {
        Assert.SkipWhen(await SandboxWorksAsync(), "needs a machine without bubblewrap");
        bench.Script("make-it", "#!/bin/sh\n");
        var result = await bench.BuildAsync(BuildBench.Command("./make-it") with { Run = new(["./make-it"], "out", [], Network: false) });

        Assert.Contains("bubblewrap", result.Failure);
    }

    private static async Task<bool> SandboxWorksAsync() =>
        ProgramSearch.Find("bwrap") is { } bwrap
        && (await LocalHost.RunAsync(new(bwrap, ["--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "--", "/bin/true"]), BuildBench.Ct)).ExitCode == 0;
}
