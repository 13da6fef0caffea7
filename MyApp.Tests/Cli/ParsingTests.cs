using MyApp.Cli;

namespace MyApp.Tests.Cli;

public sealed class ParsingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nosuch")]
    [InlineData("status", "--nosuch")]
    [InlineData("status", "--output", "xml")]
    [InlineData("status", "--env", "../etc")]
    [InlineData("status", "--api", "ftp://somewhere")]
    [InlineData("status", "a", "b")]
    [InlineData("logs")]
    [InlineData("logs", "Orders!")]
    [InlineData("logs", "orders", "--tail", "-1")]
    [InlineData("logs", "orders", "--tail", "many")]
    [InlineData("logs", "orders", "--stream", "output")]
    [InlineData("rollback")]
    [InlineData("config", "rollback", "orders", "first")]
    [InlineData("stop")]
    [InlineData("ship", "/nonexistent")]
    [InlineData("init", "/nonexistent")]
    public async Task CommandLine_BadInput_IsExitCode2WithAReason(params string[] args)
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, args));

        Assert.StartsWith("myapp: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task CommandLine_NoCommand_ShowsHelpOnStandardError()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct));

        Assert.Equal("", run.Out);
        Assert.Contains("rollback", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("init")]
    [InlineData("build")]
    [InlineData("plan")]
    [InlineData("ship")]
    [InlineData("status")]
    [InlineData("logs")]
    [InlineData("rollback")]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("restart")]
    public async Task Help_OfACommand_EndsWithExamples(string command)
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, command, "--help"));

        Assert.Contains($"Examples:{Environment.NewLine}  myapp {command}", run.Out, StringComparison.Ordinal);
        Assert.Contains("--env", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Always_IsPrinted()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "--version"));

        Assert.Matches(@"^\d+\.\d+\.\d+", run.Out);
    }
}
