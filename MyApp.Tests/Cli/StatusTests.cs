using System.Text.Json;
using MyApp.Cli;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class StatusTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StatusJson_Always_IsTheDocumentOfTheDesign()
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun();

        var exit = await run.RunAsync(Ct, "status", "--api", plane.Address, "--output", "json");

        Assert.Equal(ExitCode.Ok, exit);
        Assert.Equal("", run.Error);
        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "status.json"), run.Out);
        using var document = JsonDocument.Parse(run.Out);
        var instance = document.RootElement.GetProperty("services")[0].GetProperty("instances")[0];
        string[] promised = ["id", "pid", "state", "ready", "restarts", "since", "memoryBytes", "cpuPercent", "target", "host"];
        Assert.All(promised, name => Assert.True(instance.TryGetProperty(name, out _), name));
    }

    [Theory]
    [InlineData(false, "status.txt")]
    [InlineData(true, "status.terminal.txt")]
    public async Task StatusText_PipeAndTerminal_MatchGolden(bool terminal, string golden)
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun { Terminal = terminal, Clock = new FakeClock(Samples.Noon) };

        var exit = await run.RunAsync(Ct, "status", "--api", plane.Address);
        Assert.Equal(("", ExitCode.Ok), (run.Error, exit));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", golden), run.Out);
    }

    [Fact]
    public async Task StatusOfOne_Text_MatchesGolden()
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun { Clock = new FakeClock(Samples.Noon) };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "status", "orders", "--api", plane.Address));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "status-one.txt"), run.Out);
    }

    [Fact]
    public async Task StatusOfOne_ThatWaits_SaysForWhatAndWhatWasLostAndWhatLimitsIt()
    {
        await using var plane = await PlaneAsync();
        plane.Services.Add(Samples.Waiting);
        var run = new CliRun { Clock = new FakeClock(Samples.Noon) };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "status", "billing", "--api", plane.Address));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "status-waiting.txt"), run.Out);
    }

    [Fact]
    public async Task StatusOfOne_InACrashLoop_IsExitCode4()
    {
        await using var plane = await PlaneAsync();
        Assert.Equal(ExitCode.Unhealthy, await new CliRun().RunAsync(Ct, "status", "payments", "--api", plane.Address));
    }

    [Fact]
    public async Task StatusOfOne_Unknown_SaysWhatTheServerSaid()
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "status", "nosuch", "--api", plane.Address));

        Assert.Equal("myapp: there is no service 'nosuch' in dev\n", run.Error);
    }

    [Fact]
    public async Task Status_OnATerminalWithNoColor_HasNoEscapeSequences()
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun { Terminal = true, Variables = { ["NO_COLOR"] = "1" } };

        await run.RunAsync(Ct, "status", "--api", plane.Address);

        Assert.DoesNotContain('\u001b', run.Out);
    }

    [Fact]
    public async Task Status_AnotherServerAtThatAddress_SaysSo()
    {
        await using var plane = await PlaneAsync();
        var run = new CliRun();

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "status", "--api", plane.Address + "/elsewhere"));

        Assert.Contains("/elsewhere/api/v1/services answered 404", run.Error, StringComparison.Ordinal);
    }

    private static async Task<FakeControlPlane> PlaneAsync()
    {
        var plane = await FakeControlPlane.StartAsync();
        plane.Services.AddRange([Samples.Orders, Samples.Payments]);
        return plane;
    }
}
