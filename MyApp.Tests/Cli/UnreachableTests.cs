using System.Text.Json;
using MyApp.Cli;

namespace MyApp.Tests.Cli;

public sealed class UnreachableTests
{
    // Port 1 (tcpmux) is privileged and nobody's.
    private const string Nobody = "http://127.0.0.1:1";

    [Fact]
    public async Task Status_NoApi_IsOneLineThatSaysWhatToDo()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.Failed, await run.RunAsync(TestContext.Current.CancellationToken, "status", "--api", Nobody));

        Assert.Equal("", run.Out);
        Assert.Equal(
            "myapp: the API at http://127.0.0.1:1 can't be reached (Connection refused): start it with ./run, name another with --api URL, or use --local\n",
            run.Error);
    }

    [Fact]
    public async Task LogsFollowed_NoApi_FailAtOnce()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.Failed, await run.RunAsync(TestContext.Current.CancellationToken, "logs", "orders", "-f", "--api", Nobody));

        Assert.StartsWith("myapp: the API at http://127.0.0.1:1 can't be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusJson_NoApi_IsOneDocumentAllTheSame()
    {
        var run = new CliRun();

        Assert.Equal(ExitCode.Failed, await run.RunAsync(TestContext.Current.CancellationToken, "status", "--api", Nobody, "-o", "json"));

        using var document = JsonDocument.Parse(run.Out);
        Assert.Contains("can't be reached", document.RootElement.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_WithDebug_ShowsWhere()
    {
        var run = new CliRun { Variables = { ["MYAPP_DEBUG"] = "1" } };

        await run.RunAsync(TestContext.Current.CancellationToken, "status", "--api", Nobody);

        Assert.Contains("   at MyApp.Cli", run.Error, StringComparison.Ordinal);
    }
}
