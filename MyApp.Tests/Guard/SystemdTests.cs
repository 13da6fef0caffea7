using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary><c>myapp-guard exec --unit</c> under a real systemd.</summary>
public sealed class SystemdTests(SystemdHost host) : IClassFixture<SystemdHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_OfTypeNotify_IsActiveOnceItsStartupProbeHasPassed()
    {
        var up = PathOf("up");
        await PlaceAsync("notify", "trap 'exit 0' TERM; while :; do sleep 0.05; done", u => u with
        {
            Startup = new Probe { Exec = ["/bin/sh", "-c", $"test -e {up}"], Period = TimeSpan.FromMilliseconds(50) },
        });
        await host.ControlAsync("start", "--no-block", "notify");
        await host.UntilAsync("notify", "StatusText", "starting");
        Assert.Equal("activating", await host.ShowAsync("notify", "ActiveState"));

        await File.WriteAllLinesAsync(up, [], Ct);

        await host.UntilAsync("notify", "StatusText", "ready");
        Assert.Equal("active", await host.ShowAsync("notify", "ActiveState"));
        await host.ControlAsync("stop", "notify");
        Assert.Equal(("inactive", "success"), (await host.ShowAsync("notify", "ActiveState"), await host.ShowAsync("notify", "Result")));
    }

    [Theory]
    [InlineData("exit 43", "43", "1")]
    // CLD_EXITED too: the shim says 128 + the signal, as a shell does.
    [InlineData("kill -9 $$", "137", "1")]
    public async Task Exit_OfTheProgram_IsWhatSystemdSees(string body, string status, string code)
    {
        var name = $"exits-{status}";
        await PlaceAsync(name, body, u => u);
        await host.ControlAsync("start", name);

        await host.UntilAsync(name, "ActiveState", "failed");

        Assert.Equal((status, code), (await host.ShowAsync(name, "ExecMainStatus"), await host.ShowAsync(name, "ExecMainCode")));
    }

    [Fact]
    public async Task Watchdog_IsFedByTheShimAndBitesWithoutIt()
    {
        await PlaceAsync("watched", "while :; do sleep 0.05; done", u => u, "WatchdogSec=4\nRestart=on-failure\nRestartSec=0");
        await host.ControlAsync("start", "watched");
        var shim = int.Parse(await host.ShowAsync("watched", "MainPID"), CultureInfo.InvariantCulture);
        await Task.Delay(TimeSpan.FromSeconds(6), TimeProvider.System, Ct);
        Assert.Equal(("active", "0"), (await host.ShowAsync("watched", "ActiveState"), await host.ShowAsync("watched", "NRestarts")));

        await host.ControlAsync("kill", "--kill-who=main", "--signal=SIGSTOP", "watched");

        await Eventually.TrueAsync(
            async () => await host.ShowAsync("watched", "NRestarts") == "1" && await host.ShowAsync("watched", "MainPID") != shim.ToString(CultureInfo.InvariantCulture),
            "systemd has restarted it", TestService.Patience, Ct);
        await host.ControlAsync("stop", "watched");
    }

    [Fact]
    public async Task Socket_OfSystemd_IsTheProgramsAndStartsIt()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/perl"), "needs /usr/bin/perl");
        var port = FreePort.Find();
        await PlaceAsync("web", TestService.InheritingProgram, u => u with
        {
            Ports = [new UnitPort("http", port)], Socket = SocketMode.Inherit,
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["VERSION"] = "release 1" },
        });
        await host.PlaceAsync("web.socket", $"[Socket]\nListenStream=127.0.0.1:{port}\n");
        await host.ControlAsync("start", "web.socket");
        Assert.Equal("inactive", await host.ShowAsync("web", "ActiveState"));

        Assert.EndsWith("release 1", await AskAsync(port), StringComparison.Ordinal);

        Assert.Equal("active", await host.ShowAsync("web", "ActiveState"));
        await host.ControlAsync("restart", "web");
        Assert.EndsWith("release 1", await AskAsync(port), StringComparison.Ordinal);
        await host.ControlAsync("stop", "web.socket", "web");
    }

    private string PathOf(string name) => Path.Combine(host.Shared, name);

    private async Task PlaceAsync(string name, string program, Func<Unit, Unit> change, string settings = "")
    {
        Assert.SkipWhen(host.Missing is not null, host.Missing ?? "");
        var guard = PathOf("myapp-guard");
        Assert.SkipWhen(File.Exists(GuardProcess.Binary() + ".dll"), "needs the native guard, which is one file");
        if (!File.Exists(guard))
            File.Copy(GuardProcess.Binary(), guard);
        var script = PathOf($"{name}.run");
        await File.WriteAllLinesAsync(script, program.StartsWith("#!", StringComparison.Ordinal) ? [program] : ["#!/bin/sh", program], Ct);
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        var unit = change(TestService.Unit(script) with { User = "root" });
        var file = PathOf($"{name}.json");
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(unit, UnitJson.Default.Unit), Ct);
        await host.PlaceAsync($"{name}.service", $"[Service]\nType=notify\nExecStart={guard} exec --unit {file}\n{settings}\n");
    }

    private static async Task<string> AskAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, Ct);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Ct);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(Ct);
    }
}
