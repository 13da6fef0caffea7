using System.Text.Json;
using MyApp.Cli;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary>The commands with <c>--local</c>, on a real guard and a real compiler.</summary>
public sealed class LocalModeTests : IDisposable
{
    private readonly DirectoryInfo project = Directory.CreateTempSubdirectory("myapp local ");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => project.Delete(recursive: true);

    [Fact]
    public async Task Local_ShipTwiceAndRollBack_RunsTheFirstReleaseAgain()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        await using var guard = await GuardProcess.StartAsync(Ct);

        WriteProgram("first");
        await ExpectAsync(guard, ExitCode.Ok, "ship", "--local", "--quiet");
        WriteProgram("second");
        var shipped = await ExpectAsync(guard, ExitCode.Ok, "ship", "--local", "--quiet");
        Assert.Equal("✓ ticker in dev is ticker-dev-2\n", shipped.Out);
        await LogSaysAsync(guard, "second");

        await ExpectAsync(guard, ExitCode.Ok, "rollback", "ticker", "--local", "--quiet");

        var status = await ExpectAsync(guard, ExitCode.Ok, "status", "ticker", "--local", "-o", "json");
        var service = Assert.Single(JsonSerializer.Deserialize(status.Out, WireJson.Default.ServiceList)!.Services);
        Assert.Equal(("ticker-dev-1", true), (service.Release, service.Instances.Single().Pid > 0));
        var again = await ExpectAsync(guard, ExitCode.BadInput, "rollback", "ticker", "--local");
        Assert.Contains("there is no release of ticker in dev before ticker-dev-1", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_Promote_RunsTheSameBytesWithTheConfigurationOfTheOtherEnvironment()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        await using var guard = await GuardProcess.StartAsync(Ct);
        const string environments = "environments: { staging: { run: { env: { MODE: trial } } }, test: { run: { env: { MODE: earnest } }, build: { flags: { tags: [other] } } } }\n";
        WriteProgram("first", environments);
        await ExpectAsync(guard, ExitCode.Ok, "ship", "--local", "--quiet", "--env", "staging");
        WriteProgram("second", environments);

        var promoted = await ExpectAsync(guard, ExitCode.Ok, "promote", "ticker", "--from", "staging", "--env", "test", "--local");

        Assert.Contains("promote: the artifact of ticker-staging-1, not built again", promoted.Out, StringComparison.Ordinal);
        Assert.Contains("✓ ticker in test is ticker-test-1", promoted.Out, StringComparison.Ordinal);
        var units = (await guard.Client.StatusAsync(null, null, Ct)).Units;
        Assert.Equal(["ticker-staging-1", "ticker-test-1"], units.Select(unit => unit.Release).Order(StringComparer.Ordinal));
        var store = new FileRolloutStore(new DataPaths(guard.DataFolder).Local);
        var (from, to) = ((await store.FindReleaseAsync("ticker-staging-1", Ct))!, (await store.FindReleaseAsync("ticker-test-1", Ct))!);
        Assert.Equal((from.Artifact, from.Source, "trial", "earnest"), (to.Artifact, to.Source, from.Unit.Env["MODE"], to.Unit.Env["MODE"]));

        var standings = await ExpectAsync(guard, ExitCode.Ok, "env", "status", "--local", "-o", "json");
        Assert.Equal(
            [("dev", null), ("test", "ticker-test-1"), ("staging", "ticker-staging-1"), ("prod", null)],
            JsonSerializer.Deserialize(standings.Out, WireJson.Default.EnvironmentStandings)!.Environments.Select(each => (each.Environment, each.Release?.Id)));

        var unknown = await ExpectAsync(guard, ExitCode.BadInput, "promote", "ticker", "--from", "test", "--release", "ticker-test-7", "--env", "staging", "--local");
        Assert.Contains("ticker has no release ticker-test-7 in another environment than staging", unknown.Error, StringComparison.Ordinal);
        var same = await ExpectAsync(guard, ExitCode.BadInput, "promote", "ticker", "--from", "test", "--env", "test", "--local");
        Assert.Contains("--from and --env are both test", same.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_EnvironmentWithApproval_WaitsForTwoPeopleWhoSignInOtherProcesses()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        await using var guard = await GuardProcess.StartAsync(Ct);
        Task<CliRun> AsAsync(string person, int? exit, params string[] args) => ExpectAsync(guard, exit, ("XDG_CONFIG_HOME", Path.Combine(guard.DataFolder, "people", person)), args);
        var ada = (await AsAsync("ada", ExitCode.Ok, "key")).Out.Trim();
        Assert.Equal(ada, (await AsAsync("ada", ExitCode.Ok, "key")).Out.Trim());
        var bob = (await AsAsync("bob", ExitCode.Ok, "key")).Out.Trim();
        WriteProgram("approved", $"environments: {{ test: {{ approval: {{ people: {{ ada: \"{ada}\", bob: \"{bob}\" }} }} }} }}\n");

        var ship = AsAsync("ada", ExitCode.Ok, "ship", "--local", "--env", "test");
        await Eventually.TrueAsync(
            async () => (await AsAsync("ada", null, "approve", "ticker", "--env", "test", "--local")).Out.Contains("✓ ticker-test-1", StringComparison.Ordinal),
            "ada has signed", TimeSpan.FromMinutes(1), Ct);
        Assert.Empty((await guard.Client.StatusAsync(null, null, Ct)).Units);
        var last = await AsAsync("bob", ExitCode.Ok, "approve", "ticker", "--env", "test", "--local");

        Assert.Contains("it goes on", last.Out, StringComparison.Ordinal);
        Assert.Contains("approved by ada, bob", (await ship).Out, StringComparison.Ordinal);
        Assert.Single((await guard.Client.StatusAsync(null, null, Ct)).Units);
        var late = await AsAsync("bob", ExitCode.BadInput, "approve", "ticker", "--env", "test", "--local");
        Assert.Contains("nothing of ticker waits for a signature in test", late.Error, StringComparison.Ordinal);
        var keyless = await AsAsync("eve", ExitCode.BadInput, "approve", "ticker", "--env", "test", "--local");
        Assert.Contains("'myapp key' makes one", keyless.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_ShipWithValuesSet_ReleasesThemAndARollbackGoesBackToThem()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        await using var guard = await GuardProcess.StartAsync(Ct);
        WriteProgram("first", "run: { env: { MODE: written } }\n");

        await ExpectAsync(guard, ExitCode.Ok, "ship", "--local", "--quiet", "--set", "run.env.MODE=given");
        await ExpectAsync(guard, ExitCode.Ok, "ship", "--local", "--quiet");

        var diff = await ExpectAsync(guard, ExitCode.Ok, "config", "diff", "ticker-dev-1", "ticker-dev-2", "--local");
        Assert.Contains("MODE", diff.Out, StringComparison.Ordinal);
        await ExpectAsync(guard, ExitCode.Ok, "rollback", "ticker", "--local", "--quiet");
        var store = new FileRolloutStore(new DataPaths(guard.DataFolder).Local);
        var (first, second) = ((await store.FindReleaseAsync("ticker-dev-1", Ct))!, (await store.FindReleaseAsync("ticker-dev-2", Ct))!);
        Assert.Equal(("given", "written"), (first.Unit.Env["MODE"], second.Unit.Env["MODE"]));
        Assert.Equal("ticker-dev-1", (await guard.Client.StatusAsync("ticker", "dev", Ct)).Units.Single(unit => unit.Current).Release);
    }

    [Fact]
    public async Task Local_CompileError_IsShownAsTheCompilerPrintedItAndNothingRuns()
    {
        Assert.SkipUnless(ProgramSearch.Find("go") is not null, "needs go");
        await using var guard = await GuardProcess.StartAsync(Ct);
        WriteProgram("fine\") this is not Go (\"");

        var run = await ExpectAsync(guard, ExitCode.Failed, "ship", "--local", "--quiet");

        Assert.Contains("ticker in dev failed in step building", run.Error, StringComparison.Ordinal);
        Assert.Contains("main.go:", run.Error, StringComparison.Ordinal);
        Assert.Empty((await guard.Client.StatusAsync(null, null, Ct)).Units);
    }

    [Fact]
    public async Task Local_NoGuard_SaysHowToStartOne()
    {
        var run = new CliRun { Variables = { ["MYAPP_DATA"] = project.FullName } };

        Assert.Equal(ExitCode.Failed, await run.RunAsync(Ct, "status", "--local"));

        Assert.StartsWith($"myapp: no guard answers for the data folder {project.FullName}: start one with ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"serve --data '{project.FullName}'", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> ExpectAsync(GuardProcess guard, int exitCode, params string[] args) => ExpectAsync(guard, exitCode, ("NO_COLOR", "1"), args);

    // Null: whatever it ends with.
    private async Task<CliRun> ExpectAsync(GuardProcess guard, int? exitCode, (string Name, string Value) variable, string[] args)
    {
        var run = new CliRun { Folder = project.FullName, Variables = { ["MYAPP_DATA"] = guard.DataFolder, [variable.Name] = variable.Value } };
        var exit = await run.RunAsync(Ct, args);
        Assert.True(exitCode is null || exit == exitCode, $"myapp {string.Join(' ', args)} ended with {exit}:\n{run.Out}{run.Error}");
        return run;
    }

    private Task LogSaysAsync(GuardProcess guard, string text) => Eventually.TrueAsync(
        async () => (await ExpectAsync(guard, ExitCode.Ok, "logs", "ticker", "--local")).Out.Contains(text, StringComparison.Ordinal),
        $"the log says {text}", TimeSpan.FromSeconds(30), Ct);

    private void WriteProgram(string text, string more = "")
    {
        AtomicFile.WriteAllText(Path.Combine(project.FullName, "myapp.yaml"), "service: ticker\nstop: { grace: 10s, drain: 0s }\n" + more);
        AtomicFile.WriteAllText(Path.Combine(project.FullName, "go.mod"), "module ticker\n\ngo 1.19\n");
        AtomicFile.WriteAllText(Path.Combine(project.FullName, "main.go"), $$"""
            package main

            import "time"

            func main() {
                for {
                    println("{{text}}")
                    time.Sleep(200 * time.Millisecond)
                }
            }

            """);
    }
}
