using System.Text.RegularExpressions;
using MyApp.Cli;
using MyApp.Tests.Api;
using MyApp.Tests.Support;

namespace MyApp.Tests.Cli;

/// <summary>The commands of the config server, against a real one.</summary>
public sealed class ConfigTests(PostgresFixture postgres) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Config_SetExplainUnsetRollback_GoThroughTheControlPlane()
    {
        folder.File("myapp.yaml", "service: orders\nreplicas: 2\n");
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());

        Assert.Contains("orders in prod is at version 1\n  replicas = 3", await OkAsync(api, "config", "set", "orders", "replicas=3", "run.env.MODE=a=b", "-m", "more of them"), StringComparison.Ordinal);
        var explained = await OkAsync(api, "config", "explain", "orders");
        Assert.Contains("replicas = 2\n  set      by project file at myapp.yaml:2:11: 2\n  shadowed by config server at config server (version 1, ", explained, StringComparison.Ordinal);
        Assert.Matches("warning: config server \\(version 1, .*\\) is masked by myapp.yaml:2:11", explained);
        Assert.Contains("run.env.MODE = a=b\n  set      by config server at", explained, StringComparison.Ordinal);
        Assert.DoesNotContain("run.env.MODE", await OkAsync(api, "config", "unset", "orders", "run.env.MODE"), StringComparison.Ordinal);
        Assert.Contains("run.env.MODE = a=b", await OkAsync(api, "config", "rollback", "orders", "1"), StringComparison.Ordinal);
        Assert.Matches("3 .*run.env.MODE +back to version 1\n2 .*-run.env.MODE", await OkAsync(api, "config", "history", "orders"));
        Assert.Contains("at version 1\n", await OkAsync(api, "config", "show", "orders", "--version", "1"), StringComparison.Ordinal);

        var (late, said) = await RunAsync(api, "config", "set", "orders", "replicas=4", "--if-version", "1");
        Assert.Equal(ExitCode.Conflict, late);
        Assert.Contains("are not at version 1 any more", said, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, (await RunAsync(api, "config", "diff", "orders-prod-1", "orders-prod-2")).Exit);
    }

    [Fact]
    public async Task Set_OfAValueThatNoSpecCanHold_IsRefusedOnceAndSetsNothing()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());

        Assert.Equal(
            (ExitCode.BadInput, "myapp: replicas: 'lots' is not a value for replicas; write a whole number from 1 to 1000\n"),
            await RunAsync(api, "config", "set", "orders", "run.user=orders", "replicas=lots"));

        Assert.Contains("orders in prod is at version 0\n", await OkAsync(api, "config", "show", "orders"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_ForAnEnvironmentNobodyKnows_IsKeptAndTold()
    {
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());

        var slip = new CliRun { Folder = folder.Path };
        Assert.Equal(ExitCode.Ok, await slip.RunAsync(Ct, "config", "set", "orders", "replicas=3", "--env", "prdo", "--api", api.Address));
        Assert.Equal("! no spec that was shipped has the environment 'prdo': nothing reads this until one does; did you mean 'prod'?\n", slip.Error);
        Assert.Contains("orders in prdo is at version 1", slip.Out, StringComparison.Ordinal);
        var meant = new CliRun { Folder = folder.Path };
        Assert.Equal(ExitCode.Ok, await meant.RunAsync(Ct, "config", "set", "orders", "replicas=3", "--env", "prod", "--api", api.Address));
        Assert.Equal("", meant.Error);
    }

    [Fact]
    public async Task PlanAndCheck_LookAtWhatAShipWouldRun()
    {
        folder.File("myapp.yaml", "service: orders\nbuild: { toolchain: go }\nreplicas: 2\n");
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        await OkAsync(api, "config", "set", "orders", "run.user=no-such-user", "replicas=3");

        Assert.Contains("\"user\": \"no-such-user\"", await OkAsync(api, "plan", "-o", "json"), StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-user", await OkAsync(api, "plan", "-o", "json", "--local"), StringComparison.Ordinal);
        var (code, said) = await RunAsync(api, "check");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("error host.user", said, StringComparison.Ordinal);
        Assert.Contains("config server (version 1, ", said, StringComparison.Ordinal);
        await OkAsync(api, "check", "--spec-only");
    }

    [Fact]
    public async Task Check_OfASpecWithSecrets_NamesThoseThatTheEnvironmentDoesNotHave()
    {
        folder.File("myapp.yaml", "service: orders\nbuild: { toolchain: go }\nrun: { env: { A: \"${secret:SHARED}\", B: \"${secret:OWN}\", C: \"${secret:FOREIGN}\", D: \"${secret:NONE}\" } }\n");
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        foreach (var set in new string[][] { ["SHARED"], ["OWN", "--service", "orders"], ["FOREIGN", "--service", "bills"] })
        {
            var run = new CliRun { Input = "value" };
            Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, ["secrets", "set", .. set, "--env", "prod", "--api", api.Address]));
        }

        var (code, said) = await RunAsync(api, "check");

        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal(["run.env.C needs the secret FOREIGN", "run.env.D needs the secret NONE"], Regex.Matches(said, "error host.secret .*(run.env.. needs the secret [A-Z]+),").Select(match => match.Groups[1].Value));
        var alone = new CliRun { Folder = folder.Path };
        await alone.RunAsync(Ct, "check", "--env", "prod", "--api", $"http://127.0.0.1:{FreePort.Find()}");
        Assert.Contains("orders: whether its secrets are there is not checked: ", alone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_WithoutTheConfigServer_PlansTheFilesAndSaysWhatIsMissing()
    {
        folder.File("myapp.yaml", "services:\n  - { service: orders, build: { toolchain: go } }\n  - { service: bills, build: { toolchain: go } }\n");
        var run = new CliRun { Folder = folder.Path };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "plan", "--env", "prod", "--api", $"http://127.0.0.1:{FreePort.Find()}"));

        Assert.Contains("orders: without the config server's values: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("bills: without the config server's values: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_WithoutTheConfigServer_ExplainsTheFilesAndSaysWhatIsMissing()
    {
        folder.File("myapp.yaml", "service: orders\nreplicas: 2\n");
        var run = new CliRun { Folder = folder.Path };

        Assert.Equal(ExitCode.Ok, await run.RunAsync(Ct, "config", "explain", "--api", $"http://127.0.0.1:{FreePort.Find()}"));

        Assert.Contains("without the config server's values", run.Error, StringComparison.Ordinal);
        Assert.Contains("replicas = 2", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_WhenTheConfigServerIsAway_UsesItsLastValuesForADayAndSaysHowOldTheyAre()
    {
        folder.File("myapp.yaml", "service: orders\nenvironments: { live: { inherits: prod } }\n");
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        foreach (var environment in new[] { "live", "dev" })
        {
            Assert.Equal(ExitCode.Ok, (await ExplainAsync(api, environment, TimeSpan.Zero, "set", "orders", "replicas=3")).Exit);
            Assert.Equal(ExitCode.Ok, (await ExplainAsync(api, environment, TimeSpan.Zero)).Exit);
        }

        await api.DisposeAsync();

        var (exit, said) = await ExplainAsync(api, "live", TimeSpan.FromHours(3));
        Assert.Equal(ExitCode.Ok, exit);
        Assert.Contains("replicas = 3", said, StringComparison.Ordinal);
        Assert.Contains("myapp: stale values of the config server, read 3h ago: the API at", said, StringComparison.Ordinal);
        Assert.Matches("\"stale\": *\\{\\s*\"readAt\": *\"[^\"]+\",\\s*\"ageSeconds\": *108\\d\\d", (await ExplainAsync(api, "live", TimeSpan.FromHours(3), "explain", "-o", "json")).Said);
        (exit, said) = await ExplainAsync(api, "live", TimeSpan.FromHours(25));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("live is not explained without the config server's values, and the copy of them is 1d old, and used for 1d", said, StringComparison.Ordinal);
        (exit, said) = await ExplainAsync(api, "dev", TimeSpan.FromHours(25));
        Assert.Equal(ExitCode.Ok, exit);
        Assert.DoesNotContain("replicas", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_WithACopyThatWasAltered_DoesNotUseIt()
    {
        folder.File("myapp.yaml", "service: orders\n");
        await using var api = await ServedApi.StartAsync(await postgres.NewDatabaseAsync());
        await ExplainAsync(api, "prod", TimeSpan.Zero, "set", "orders", "replicas=3");
        await ExplainAsync(api, "prod", TimeSpan.Zero);
        await api.DisposeAsync();
        var copy = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "cache", "myapp", "values")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        folder.File(Path.GetRelativePath(folder.Path, copy), (await File.ReadAllTextAsync(copy, Ct)).Replace("\"3\"", "\"9\"", StringComparison.Ordinal));

        var (exit, said) = await ExplainAsync(api, "prod", TimeSpan.Zero);

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("is not what was written there", said, StringComparison.Ordinal);
    }

    private async Task<(int Exit, string Said)> ExplainAsync(ServedApi api, string environment, TimeSpan later, params string[] args)
    {
        var run = new CliRun { Folder = folder.Path, Clock = new LaterClock(later), Variables = { ["XDG_CACHE_HOME"] = Path.Combine(folder.Path, "cache") } };
        var exit = await run.RunAsync(Ct, ["config", .. args.Length == 0 ? ["explain"] : args, "--env", environment, "--api", api.Address]);
        return (exit, run.Out + run.Error);
    }

    // Time passes as it does, from another hour on.
    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + later;
    }

    private async Task<string> OkAsync(ServedApi api, params string[] args)
    {
        var (exit, said) = await RunAsync(api, args);
        Assert.True(exit == ExitCode.Ok, said);
        return said;
    }

    private async Task<(int Exit, string Said)> RunAsync(ServedApi api, params string[] args)
    {
        var run = new CliRun { Folder = folder.Path };
        var exit = await run.RunAsync(Ct, [.. args, "--env", "prod", "--api", api.Address]);
        return (exit, run.Out + run.Error);
    }
}
