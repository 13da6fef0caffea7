using System.Text.Json;
using MyApp.Cli;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

public sealed class CheckTests : IDisposable
{
    private const string Bad = "service: orders\nport: 8080\nhealth: { readiness: { http: /ready } }\nrun:\n  env: { DB_PASSWORD: hunter2 }\n";
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("prod", false, ExitCode.BadInput)]
    [InlineData("dev", false, ExitCode.Ok)]
    [InlineData("dev", true, ExitCode.BadInput)]
    public async Task Check_APlaintextSecret_FailsByTheLevelOfTheEnvironment(string environment, bool strict, int exitCode)
    {
        var run = Run(Bad);

        Assert.Equal(exitCode, await run.RunAsync(Ct, ["check", "--spec-only", "--env", environment, .. strict ? ["--strict"] : Array.Empty<string>()]));

        Assert.Contains("spec.plaintext-secret orders: myapp.yaml:5:23: run.env.DB_PASSWORD looks like a secret that is written out", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Out + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_Sarif_PointsToTheLine()
    {
        var run = Run(Bad);
        await run.RunAsync(Ct, "check", "--spec-only", "--sarif", "--env", "prod");

        using var log = JsonDocument.Parse(run.Out);
        var result = Assert.Single(log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToList());
        Assert.Equal(("spec.plaintext-secret", "error"), (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()));
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("myapp.yaml", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(5, place.GetProperty("region").GetProperty("startLine").GetInt32());
    }

    [Fact]
    public async Task Check_ASpecThatCantBeRead_IsToldInTheSameDocument()
    {
        var run = Run("service: orders\nprot: 8080\n");

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "check", "--local", "-o", "json"));

        using var report = JsonDocument.Parse(run.Out);
        var finding = report.RootElement.GetProperty("findings")[0];
        Assert.Equal(("spec.syntax", "myapp.yaml:2:1"), (finding.GetProperty("rule").GetString(), finding.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task Check_WithAnArtifact_LooksAtItAndAtThisMachine()
    {
        var script = folder.File("orders.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        var run = Run("service: orders\nrun: { user: no-such-user }\n");

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, "check", "--local", "--artifact", "orders.sh"));

        Assert.Contains("error artifact.world-writable", run.Out, StringComparison.Ordinal);
        Assert.Contains("error host.user", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_AreListedWithTheirLevels()
    {
        var run = Run(Bad);

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "check", "--rules"));

        Assert.Matches("spec.root +error +warning +It runs as root", run.Out);
    }

    [Fact]
    public async Task Explain_InAnEnvironment_ShowsWinnerAndShadowed()
    {
        var run = Run("service: orders\nreplicas: 2\nenvironments:\n  prod: { replicas: 4 }\n");

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "config", "explain", "orders", "replicas", "--env", "prod", "--local"));

        Assert.Equal("replicas = 4\n  set      by environment prod at myapp.yaml:4:21: 4\n  shadowed by project file at myapp.yaml:2:11: 2\n", run.Out);
    }

    [Theory]
    [InlineData("nowhere", "there is no service 'nowhere'")]
    [InlineData("orders --set replicas", "'replicas' sets nothing; write --set PATH=VALUE")]
    public async Task Explain_OfWhatIsNotThere_SaysWhatIs(string args, string says)
    {
        var run = Run("service: orders\n");

        Assert.Equal(ExitCode.BadInput, await run.RunAsync(Ct, ["config", "explain", .. args.Split(' ')]));

        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    private CliRun Run(string spec)
    {
        folder.File("myapp.yaml", spec);
        return new CliRun { Folder = folder.Path, Variables = { ["MYAPP_DATA"] = folder.Path } };
    }
}
