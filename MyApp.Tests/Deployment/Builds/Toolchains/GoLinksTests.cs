using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Transport;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Builds.Toolchains;

/// <summary>The words that the go command gets, around a linker that only writes down what it is asked.</summary>
public sealed class GoLinksTests : IDisposable
{
    private const string WritesItsWords = "#!/bin/sh\nprintf '%s|' \"$@\" > \"$2\"\n";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Link_OfAnExecutable_IsDoneTwiceAndOnlyOursAreLeftOut(int jobs)
    {
        var result = await RunAsync(Tool("link", WritesItsWords), jobs, ["-o", Path("slim"), "-importcfg", "a b", .. GoLinks.Slim, "-s", "-X=main.a=it's", "main.a"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"-o|{Path("slim")}|-importcfg|a b|-s=true|-w=true|-s|-X=main.a=it's|main.a|", Read("slim"));
        Assert.Equal($"-o|{Path("whole")}|-importcfg|a b|-s|-X=main.a=it's|main.a|", Read("whole"));
    }

    [Theory]
    [InlineData("link", "-V=full")]
    [InlineData("compile", "-o")]
    public async Task OtherTools_RunOnce(string tool, string first)
    {
        var result = await RunAsync(Tool(tool, WritesItsWords), 2, first, Path("made"), "main.a");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"{first}|{Path("made")}|main.a|", Read("made"));
        Assert.False(File.Exists(Path("whole")));
    }

    [Fact]
    public async Task Link_Fails_TellsItOnceWithItsCode()
    {
        var result = await RunAsync(Tool("link", "#!/bin/sh\necho undefined: missing >&2\nexit 5\n"), 2, ["-o", Path("slim"), .. GoLinks.Slim, "main.a"]);

        Assert.Equal((5, "undefined: missing\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Link_OnlyTheWholeFails_LeavesNothingOfItAndGoesOn()
    {
        var full = $"#!/bin/sh\necho half > \"$2\"\n[ \"$2\" != {Path("whole")} ] || {{ echo no space >&2; exit 1; }}\n";
        var result = await RunAsync(Tool("link", full), 2, ["-o", Path("slim"), .. GoLinks.Slim, "main.a"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.True(File.Exists(Path("slim")));
        Assert.False(File.Exists(Path("whole")));
    }

    [Fact]
    public void Add_ProgramOfTheBuildsOwn_IsLeftToIt()
    {
        var (args, env) = Added("-modcacherw -toolexec=/opt/instrument", 2);

        Assert.Empty(args);
        Assert.Equal(["GOFLAGS"], env.Keys);
    }

    private string Path(string name) => System.IO.Path.Combine(folder.Path, name);

    private string Read(string name) => File.ReadAllText(Path(name));

    private string Tool(string name, string text)
    {
        var path = folder.File(name, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    private (List<string> Args, SortedDictionary<string, string> Env) Added(string flags, int jobs)
    {
        var (args, env) = (new List<string>(), new SortedDictionary<string, string>(StringComparer.Ordinal) { ["GOFLAGS"] = flags });
        GoLinks.Add(args, env, Path("whole"), jobs);
        return (args, env);
    }

    // The go command and a shell split the words alike: there are no escapes in them.
    private Task<ProgramResult> RunAsync(string tool, int jobs, params string[] words)
    {
        var (args, env) = Added("", jobs);
        Assert.Equal("-toolexec", args[0]);
        env["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        return LocalHost.RunAsync(new("sh", ["-c", args[1] + " \"$@\"", "sh", tool, .. words]) { Env = env }, TestContext.Current.CancellationToken);
    }
}
