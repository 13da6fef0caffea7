using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Engine;

public sealed class ManifestTests
{
    [Fact]
    public async Task Manifest_OfOurAppHost_IsAsRecorded()
    {
        using var folder = new TemporaryFolder();
        var ct = TestContext.Current.CancellationToken;
        var path = Path.Combine(folder.Path, "aspire-manifest.json");
        var host = await ToolProcess.RunAsync("dotnet", [typeof(Projects.MyApp_AppHost).Assembly.Location, "--publisher", "manifest", "--output-path", path], ct: ct);
        Assert.True(host.ExitCode == 0, host.Output);
        // The one thing that depends on where the checkout is.
        var project = Path.GetRelativePath(folder.Path, Repository.File("MyApp.Api/MyApp.Api.csproj"));
        Golden.Check(Repository.File("MyApp.Tests/Hosting/Engine/Golden/aspire-manifest.json"), (await File.ReadAllTextAsync(path, ct)).Replace(project, "MyApp.Api/MyApp.Api.csproj", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publisher_Unknown_EndsWithAnErrorThatNamesTheKnownOnes()
    {
        var host = await ToolProcess.RunAsync(
            "dotnet", [typeof(Projects.MyApp_AppHost).Assembly.Location, "--publisher", "teapot"],
            ct: TestContext.Current.CancellationToken);
        Assert.Equal(1, host.ExitCode);
        Assert.Contains("there is no publisher 'teapot'; there is manifest", host.Output, StringComparison.Ordinal);
    }
}
