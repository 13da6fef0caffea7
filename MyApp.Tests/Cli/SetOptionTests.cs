using System.Text.Json;
using MyApp.Cli;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary><c>--set</c> of the commands that need no server and no compiler.</summary>
public sealed class SetOptionTests : IDisposable
{
    private const string Spec = "service: orders\nport: 8080\nbuild: { toolchain: go }\nenvironments:\n  prod: { replicas: 4 }\n";
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Plan_WithAValueSet_HasItAboveTheEnvironments()
    {
        var run = Run();

        await run.RunAsync(Ct, "plan", "--local", "--env", "prod", "-o", "json", "--set", "replicas=5", "--set", "run.env.MODE=given");

        using var report = JsonDocument.Parse(run.Out);
        var unit = report.RootElement.GetProperty("services")[0].GetProperty("unit");
        Assert.Equal((5, "given"), (unit.GetProperty("replicas").GetInt32(), unit.GetProperty("env").GetProperty("MODE").GetString()));
    }

    [Fact]
    public async Task Check_OfWhatIsSet_NamesTheCommandLine()
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "check", "--spec-only", "-o", "json", "--set", "replicas=many"));

        Assert.Contains("command line --set replicas", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("check", "--spec-only")]
    [InlineData("build")]
    [InlineData("package", "--tar", "made.tar.gz")]
    [InlineData("deps")]
    [InlineData("rotation", "logrotate")]
    [InlineData("config", "explain")]
    public async Task Set_OfAKeyThatIsNone_IsRefusedByEachCommandThatResolvesASpec(params string[] args)
    {
        var run = Run();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, [.. args, "--local", "--set", "replcas=2"]));

        Assert.Contains("command line --set replcas: unknown key 'replcas'; did you mean 'replicas'?", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "made*"));
    }

    [Fact]
    public async Task Explain_WithAValueSet_SaysThatTheCommandLineWon()
    {
        var run = Run();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "config", "explain", "orders", "replicas", "--env", "prod", "--local", "--set", "replicas=5"));

        Assert.Equal("replicas = 5\n  set      by command line at command line --set replicas: 5\n  shadowed by environment prod at myapp.yaml:5:21: 4\n", run.Out);
    }

    private CliRun Run()
    {
        folder.File("myapp.yaml", Spec);
        return new() { Folder = folder.Path, Variables = { ["MYAPP_DATA"] = Path.Combine(folder.Path, "data") } };
    }
}
