using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Units as files in a folder, and what a reload makes of a change.</summary>
public sealed class UnitFolderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Folder_AtStart_IsLoadedAndAReloadChangesOnlyTheDifference()
    {
        await using var guard = await StartAsync();
        await WriteAsync(guard, "stays", """ "args": ["1000"] """);
        await WriteAsync(guard, "changes", """ "args": ["1000"], "env": { "GREETING": "secret-1" } """);
        await WriteAsync(guard, "goes", """ "args": ["1000"] """);
        var report = await guard.Client.ReloadAsync(false, Ct);
        Assert.Equal(["+ changes (test)", "+ goes (test)", "+ stays (test)"], report.Changes.Select(c => c.ToString()));
        var stays = await PidAsync(guard, "stays");
        var changes = await PidAsync(guard, "changes");

        await WriteAsync(guard, "changes", """ "args": ["1000"], "env": { "GREETING": "secret-2" }, "stop": { "grace": "00:00:09" } """);
        File.Delete(PathOf(guard, "goes"));
        await WriteAsync(guard, "comes", """ "args": ["1000"] """);
        string[] expected = ["~ changes (test): env.GREETING, stop.grace 00:00:30 → 00:00:09", "+ comes (test)", "- goes (test)"];
        Assert.Equal(expected, (await guard.Client.ReloadAsync(true, Ct)).Changes.Select(c => c.ToString()));
        Assert.Equal(expected, (await guard.Client.ReloadAsync(false, Ct)).Changes.Select(c => c.ToString()));

        Assert.Equal(stays, await PidAsync(guard, "stays"));
        Assert.NotEqual(changes, await PidAsync(guard, "changes"));
        Assert.NotEqual(0, await PidAsync(guard, "comes"));
        Assert.Equal(["changes", "comes", "stays"], (await guard.Client.StatusAsync(null, null, Ct)).Units.Select(u => u.Service));
        Assert.Empty((await guard.Client.ReloadAsync(false, Ct)).Changes);
    }

    [Fact]
    public async Task Reload_WithAnythingWrong_ChangesNothing()
    {
        await using var guard = await StartAsync();
        await WriteAsync(guard, "stays", """ "args": ["1000"] """);
        await guard.Client.ReloadAsync(false, Ct);
        await WriteAsync(guard, "comes", """ "args": ["1000"] """);
        await WriteAsync(guard, "wrong", """ "replicas": 0 """);

        var (code, output, error) = await guard.CtlAsync(Ct, "reload");

        Assert.Equal((2, ""), (code, output.Trim()));
        Assert.Matches(@"wrong\.json:\d+:\d+: replicas: must be 1 to 1000", error);
        Assert.Equal(["stays"], (await guard.Client.StatusAsync(null, null, Ct)).Units.Select(u => u.Service));
    }

    [Fact]
    public async Task Reload_WhenTheFolderIsGone_RemovesNothing()
    {
        await using var guard = await StartAsync();
        await WriteAsync(guard, "stays", """ "args": ["1000"] """);
        await guard.Client.ReloadAsync(false, Ct);
        Directory.Delete(FolderOf(guard), recursive: true);

        var report = await guard.Client.ReloadAsync(false, Ct);

        Assert.Single(report.Problems);
        Assert.Single((await guard.Client.StatusAsync(null, null, Ct)).Units);
    }

    [Fact]
    public async Task Unit_ThatAClientDeclared_IsNotTouchedByAReload()
    {
        await using var guard = await StartAsync();
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        Assert.Empty((await guard.Client.ReloadAsync(false, Ct)).Changes);

        Assert.Equal(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
        await WriteAsync(guard, TestService.Name, """ "args": ["1000"] """);
        Assert.Contains("declared", Assert.Single((await guard.Client.ReloadAsync(false, Ct)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_OfAForwardedService_DropsNoRequest()
    {
        await using var guard = await StartAsync();
        var port = FreePort.Find();
        var unit = guard.WebServer(port);
        Task WriteServerAsync(string version) => WriteAsync(guard, "web", $$"""
            "env": { "PATH": "/usr/bin:/bin", "PORT": "${port}", "VERSION": "{{version}}", "UNREADY": "/nosuch" }, "socket": "forward",
            "ports": [{ "name": "http", "port": {{port}} }], "startup": { "httpPath": "/", "period": "00:00:00.05" }, "readiness": { "httpPath": "/health", "period": "00:00:00.05" }
            """, unit.Executable);
        await WriteServerAsync("one");
        await guard.Client.ReloadAsync(false, Ct);
        using var client = new HttpClient { Timeout = TestService.Patience };
        Assert.Equal("one", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Ct));
        await WriteServerAsync("two");

        var reload = guard.Client.ReloadAsync(false, Ct);
        var answers = new List<string>();
        while (!reload.IsCompleted)
            answers.Add(await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Ct));

        Assert.Equal(["~ web (test): env.VERSION"], (await reload).Changes.Select(c => c.ToString()));
        Assert.Equal("two", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Ct));
        Assert.All(answers, a => Assert.True(a is "one" or "two", a));
    }

    [Fact]
    public async Task Change_ThatDoesNotGetReady_LeavesTheOldOneInService()
    {
        await using var guard = await StartAsync();
        var port = FreePort.Find();
        Task WriteAsyncWith(string executable) => WriteAsync(guard, "web", $$"""
            "env": { "PATH": "/usr/bin:/bin", "PORT": "${port}", "VERSION": "one", "UNREADY": "/nosuch" }, "socket": "forward", "ports": [{ "name": "http", "port": {{port}} }]
            """, executable);
        await WriteAsyncWith(guard.WebServer(port).Executable);
        await guard.Client.ReloadAsync(false, Ct);
        await WriteAsyncWith("/nosuch/program");

        var (code, output, _) = await guard.CtlAsync(Ct, "reload");

        Assert.Equal(1, code);
        Assert.Contains("FAILED", output, StringComparison.Ordinal);
        using var client = new HttpClient { Timeout = TestService.Patience };
        Assert.Equal("one", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Ct));
        Assert.Single((await guard.Client.StatusAsync(null, null, Ct)).Units);
    }

    [Fact]
    public async Task UnitOnDemand_IsNotStartedBeforeItsFirstConnection()
    {
        await using var guard = await StartAsync();
        var port = FreePort.Find();
        await WriteAsync(guard, TestService.Name, $$"""
            "env": { "PATH": "/usr/bin:/bin", "PORT": "${port}", "VERSION": "one", "UNREADY": "/nosuch" }, "socket": "forward",
            "ports": [{ "name": "http", "port": {{port}} }], "onDemand": { "idleAfter": "00:05:00" }
            """, guard.WebServer(port).Executable);
        await guard.Client.ReloadAsync(false, Ct);
        InstanceStatus status = null!;
        // A reload ends when the guard has taken the unit, and the instance hears of it a moment later.
        await Eventually.TrueAsync(
            async () => (status = Assert.Single(Assert.Single((await guard.Client.StatusAsync(null, null, Ct)).Units).Instances)) is not { WaitsFor: null, Pid: null },
            "the instance waits or runs", TestService.Patience, Ct);
        Assert.Equal((InstanceState.Waiting, null, "the first connection"), (status.State, status.Pid, status.WaitsFor));

        using var client = new HttpClient { Timeout = TestService.Patience };
        Assert.Equal("one", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Ct));
    }

    [Fact]
    public async Task Hangup_Reloads()
    {
        Assert.SkipWhen(IgnoresHangup(), "SIGHUP is ignored here (nohup), which every process inherits");
        await using var guard = await StartAsync();
        await WriteAsync(guard, "comes", """ "args": ["1000"] """);

        Signals.Send(guard.Pid, Signals.Hangup);

        await Eventually.TrueAsync(async () => await PidAsync(guard, "comes") != 0, "the unit runs", TestService.Patience, Ct);
    }

    private static bool IgnoresHangup()
    {
        var mask = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..];
        return (ulong.Parse(mask.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1ul << (Signals.Hangup - 1))) != 0;
    }

    private static async Task<GuardProcess> StartAsync()
    {
        var guard = await GuardProcess.StartAsync(Ct);
        Assert.True(Directory.Exists(FolderOf(guard)));
        return guard;
    }

    private static string FolderOf(GuardProcess guard) => Path.Combine(guard.DataFolder, "guard", "units.d");

    private static string PathOf(GuardProcess guard, string service) => Path.Combine(FolderOf(guard), $"{service}.json");

    private static Task WriteAsync(GuardProcess guard, string service, string rest, string executable = "/bin/sleep") => File.WriteAllLinesAsync(
        PathOf(guard, service), [$$"""{ "service": "{{service}}", "environment": "test", "executable": "{{executable}}", "workingDirectory": "/", {{rest}} }"""], Ct);

    private static async Task<int> PidAsync(GuardProcess guard, string service)
    {
        var pid = 0;
        await Eventually.TrueAsync(
            async () => (pid = (await guard.Client.StatusAsync(service, "test", Ct)).Units.SelectMany(u => u.Instances).FirstOrDefault()?.Pid ?? 0) != 0,
            $"{service} has a process\n{guard.Journal}", TestService.Patience, Ct);
        return pid;
    }
}
