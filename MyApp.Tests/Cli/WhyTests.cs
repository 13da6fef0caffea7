using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class WhyTests : IDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("myapp-why-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => data.Delete(recursive: true);

    [Fact]
    public async Task Why_Text_MatchesGolden()
    {
        await using var plane = await FakeControlPlane.StartAsync();
        plane.Exits.AddRange([Samples.Exit, Samples.Exit with { Exit = "exit 2", Reason = null, Error = [], Goroutines = null, LastGoodRelease = null }]);
        var run = new CliRun { Terminal = true, Variables = { ["NO_COLOR"] = "1" } };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "why", "orders", "--count", "2", "--lines", "2", "--goroutines", "--api", plane.Address));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", "why.txt"), run.Out);
        Assert.Contains("GET /api/v1/services/orders/why?environment=dev&count=2", plane.Requests);
    }

    [Fact]
    public async Task Why_Local_AsksTheGuardOfTheDataFolder()
    {
        await using var guard = new FakeGuard(data.FullName) { Dossiers = [Samples.Exit, Samples.Exit] };
        var run = new CliRun { Variables = { ["MYAPP_DATA"] = data.FullName } };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "why", "orders", "--local", "-o", "json"));

        var why = JsonSerializer.Deserialize(run.Out, WireJson.Default.WhyView)!;
        Assert.Equal(("orders", "dev", Samples.Exit.Reason), (why.Service, why.Environment, Assert.Single(why.Exits).Reason));
    }

    [Fact]
    public async Task Why_NothingEnded_SaysSo()
    {
        await using var plane = await FakeControlPlane.StartAsync();
        var run = new CliRun();

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "why", "orders", "--api", plane.Address));

        Assert.Equal("no instance of orders in dev has ended yet, as far as the guard remembers\n", run.Out);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("21")]
    public async Task Why_CountOutOfRange_IsBadInput(string count) =>
        Assert.Equal(ExitCode.BadInput, await new CliRun().RunAsync(Ct, "why", "orders", "--count", count));
}
