using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary><c>myapp-guard exec --unit</c> under a service manager of the test's own.</summary>
public sealed class UnitShimTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly NotifyListener manager = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unit_ThatPassesItsStartupProbe_IsToldReadyThenStopping()
    {
        var unit = Unit("trap 'exit 7' TERM; echo started; while :; do sleep 0.05; done") with
        {
            Startup = new Probe { Exec = ["/bin/sh", "-c", $"test -e {folder.Path}/up"], Period = TimeSpan.FromMilliseconds(50) },
        };
        using var shim = Start(unit);
        Assert.Equal("started", await shim.StandardOutput.ReadLineAsync(Ct));
        await Eventually.TrueAsync(() => manager.Heard.Any(l => l.StartsWith("EXTEND_TIMEOUT_USEC=", StringComparison.Ordinal)), "more time is asked for", TestService.Patience, Ct);
        Assert.DoesNotContain("READY=1", manager.Heard);
        folder.File("up", "");
        await manager.UntilAsync("READY=1", Ct);
        await manager.UntilAsync("STATUS=ready", Ct);
        Signals.Send(shim.Id, Signals.Terminate);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(7, shim.ExitCode);
        Assert.Contains("STOPPING=1", manager.Heard);
    }

    [Fact]
    public async Task Watchdog_IsFedWhileTheInstanceIsWellAndNoLonger()
    {
        var unit = Unit("while :; do sleep 0.05; done") with
        {
            Liveness = new Probe { Exec = ["/bin/sh", "-c", $"test ! -e {folder.Path}/ill"], Period = TimeSpan.FromMilliseconds(50), Failures = 2 },
        };
        using var shim = Start(unit, watchdog: TimeSpan.FromMilliseconds(200));
        await Eventually.TrueAsync(() => manager.Heard.Count(l => l == "WATCHDOG=1") > 5, "it is fed", TestService.Patience, Ct);
        folder.File("ill", "");
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(143, shim.ExitCode);
        Assert.Contains(manager.Heard, l => l.StartsWith("STATUS=failed: liveness probe failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Program_DoesNotSeeTheManager()
    {
        using var shim = Start(Unit("echo \"[$NOTIFY_SOCKET$WATCHDOG_USEC]\"; exit 3"), watchdog: TimeSpan.FromSeconds(1));

        Assert.Equal("[]", await shim.StandardOutput.ReadLineAsync(Ct));
        await shim.WaitForExitAsync(Ct);
        Assert.Equal(3, shim.ExitCode);
    }

    [Fact]
    public async Task Dependency_IsWaitedForAndSaid()
    {
        var port = FreePort.Find();
        using var shim = Start(Unit("exit 4") with { DependsOn = [new UnitDependency { Name = "db", Check = $"tcp://127.0.0.1:{port}" }] });
        await manager.UntilAsync($"STATUS=waiting: waits for db: tcp://127.0.0.1:{port}: connection refused", Ct);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(4, shim.ExitCode);
    }

    [Fact]
    public async Task Restart_IsTheShimsWhenAsked()
    {
        var unit = Unit($"echo run >> {folder.Path}/runs; [ $(wc -l < {folder.Path}/runs) -lt 3 ] && exit 1; exit 78") with
        {
            Restart = new RestartRule { Initial = TimeSpan.FromMilliseconds(20) },
        };
        using var shim = Start(unit, options: "--restart");
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(78, shim.ExitCode);
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "runs"), Ct)).Length);
    }

    [Fact]
    public async Task Logs_AreWrittenByTheUnitsRule()
    {
        using var shim = Start(Unit("echo hello; echo trouble >&2"), options: ["--logs", Path.Combine(folder.Path, "logs"), "--replica", "2"]);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(0, shim.ExitCode);
        Assert.EndsWith(".2 hello", Assert.Single(await File.ReadAllLinesAsync(Path.Combine(folder.Path, "logs", "access.log"), Ct)), StringComparison.Ordinal);
        Assert.EndsWith(".2 trouble", Assert.Single(await File.ReadAllLinesAsync(Path.Combine(folder.Path, "logs", "error.log"), Ct)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shim_KilledWithoutNotice_TakesTheProgramAlong()
    {
        using var shim = Start(Unit("echo $$; exec sleep 1000"));
        var pid = int.Parse((await shim.StandardOutput.ReadLineAsync(Ct))!, CultureInfo.InvariantCulture);
#pragma warning disable RS0030 // our own child, which has not been waited for
        shim.Kill();
#pragma warning restore RS0030
        await shim.WaitForExitAsync(Ct);

        await Eventually.TrueAsync(() => !TestService.IsRunning(pid), "the program is gone too", TestService.Patience, Ct);
    }

    [Fact]
    public async Task File_OfAPerson_HasTheDefaultsOfWhatItLeavesOut()
    {
        var file = folder.File("unit.json", """
            {
              // As in a folder of a guard.
              "service": "hand", "environment": "test", "executable": "/bin/sh", "args": ["-c", "exit 3"],
              "liveness": { "exec": ["/bin/true"] },
            }
            """);
        using var shim = GuardProcess.Start("exec", "--unit", file);
        var error = await shim.StandardError.ReadToEndAsync(Ct);
        await shim.WaitForExitAsync(Ct);

        Assert.True(shim.ExitCode == 3, error);
    }

    [Theory]
    [InlineData("{}", "unit.json:1:1: service: 1 to 63 lower-case letters")]
    [InlineData("", "JSON")]
    [InlineData("{\n  \"servise\": \"a\" }", "unit.json:2:3: servise")]
    public async Task File_ThatIsNoUnit_IsExplained(string text, string words)
    {
        using var shim = GuardProcess.Start("exec", "--unit", folder.File("unit.json", text));
        var error = await shim.StandardError.ReadToEndAsync(Ct);
        await shim.WaitForExitAsync(Ct);

        Assert.Equal(2, shim.ExitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        manager.Dispose();
        folder.Dispose();
    }

    private Unit Unit(string script)
    {
        var path = folder.File("run", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return TestService.Unit(path);
    }

    private Process Start(Unit unit, TimeSpan? watchdog = null, params string[] options)
    {
        var file = folder.File("unit.json", JsonSerializer.Serialize(unit, UnitJson.Default.Unit));
        return TestProcess.Start(GuardProcess.Binary(), ["exec", "--unit", file, .. options], new Dictionary<string, string?>
        {
            ["NOTIFY_SOCKET"] = manager.Path,
            ["WATCHDOG_USEC"] = watchdog is { } time ? time.TotalMicroseconds.ToString(CultureInfo.InvariantCulture) : null,
        });
    }
}
