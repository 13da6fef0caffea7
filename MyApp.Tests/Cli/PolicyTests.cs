using System.Text.Json;
using MyApp.Cli;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class PolicyTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("myapp policy ");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("guard")]
    [InlineData("systemd")]
    [InlineData("supervisor")]
    [InlineData("kubernetes")]
    public async Task Simulate_WithoutASpec_ShowsTheDefaultsTimeline(string target)
    {
        var run = new CliRun { Folder = folder.FullName };

        var exit = await run.RunAsync(Ct, "policy", "simulate", "--target", target, "--exits", "1@2s*6,1@200ms:unready,1@5m:unready,SIGKILL@40m,0@1h,78@1s,1@1s");
        Assert.Equal(("", ExitCode.Ok), (run.Error, exit));

        Golden.Check(Repository.File("MyApp.Tests", "Cli", "Golden", $"policy.{target}.txt"), run.Out);
    }

    [Fact]
    public async Task Simulate_OfASpec_UsesItsRule()
    {
        MyApp.Supervision.Files.AtomicFile.WriteAllText(
            Path.Combine(folder.FullName, "myapp.yaml"), "services:\n  - service: a\n  - service: b\n    environments: { prod: { restart: { policy: never } } }\n");
        var which = new CliRun { Folder = folder.FullName };
        Assert.Equal(ExitCode.BadInput, await which.RunAsync(Ct, "policy", "simulate", "--exits", "1@1s"));
        Assert.Contains("which service? Name one of a, b with --service", which.Error, StringComparison.Ordinal);

        var run = new CliRun { Folder = folder.FullName };
        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "policy", "simulate", ".", "--exits", "1@1s,1@1s", "--service", "b", "--env", "prod", "-o", "json"));

        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal("givenUp", document.RootElement.GetProperty("runs")[0].GetProperty("then").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("notReached").GetInt32());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("256@1s")]
    [InlineData("SIGWHAT@1s")]
    [InlineData("1@soon")]
    [InlineData("1@1s*0")]
    [InlineData("1@1s*1001")]
    [InlineData("")]
    public async Task Simulate_ExitsThatAreNone_AreBadInput(string exits)
    {
        var run = new CliRun { Folder = folder.FullName };

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "policy", "simulate", "--exits", exits));

        Assert.StartsWith("myapp: --exits: ", run.Error, StringComparison.Ordinal);
    }
}
