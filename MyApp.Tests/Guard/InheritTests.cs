using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Listening sockets that the guard opens and its instances accept from.</summary>
public sealed class InheritTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_FindsItsSocketsByNumberAndName()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var script = guard.Script("run", "echo \"$LISTEN_FDS $LISTEN_FDNAMES $([ $LISTEN_PID = $$ ] && echo mine)\"; readlink /proc/$$/fd/3 /proc/$$/fd/4; exec sleep 1000");
        var unit = TestService.Unit(script) with
        {
            Ports = [new UnitPort("http", FreePort.Find()), new UnitPort("metrics", FreePort.Find())], Socket = SocketMode.Inherit,
        };

        await guard.Client.ApplyAsync(unit, Ct);

        var running = await guard.UntilAsync(i => i.LastLines.Count >= 3, Ct);
        Assert.Equal("2 http:metrics mine", running.LastLines[0]);
        Assert.All(running.LastLines.Skip(1), l => Assert.StartsWith("socket:", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_DuringAHundredRestartsAtLoad_AreNeverRefusedOrReset()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find());
        await BringUpAsync(guard, unit);
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Assert.Equal("release 1", await GetAsync(unit));
                    Interlocked.Increment(ref answered);
                }
            },
            Ct)).ToList();

        var pids = new HashSet<int>();
        for (var i = 0; i < 100; i++)
        {
            var before = await guard.UntilAsync(s => s is { State: InstanceState.Ready, Pid: not null } && !pids.Contains(s.Pid.Value), Ct);
            pids.Add(before.Pid!.Value);
            var served = Volatile.Read(ref answered);
            await Eventually.TrueAsync(() => Volatile.Read(ref answered) > served + 4 || clients.Exists(c => c.IsFaulted), "it serves", TestService.Patience, Ct);
            await guard.Client.RestartAsync(unit.Service, unit.Environment, Ct);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal(100, pids.Count);
        Assert.True(answered >= 500, $"{answered} requests were answered");
    }

    [Fact]
    public async Task Connection_WhileTheInstanceIsDead_WaitsForTheNextOne()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find()) with { Restart = new RestartRule { Initial = TimeSpan.FromSeconds(2), Max = TimeSpan.FromSeconds(2) } };
        await BringUpAsync(guard, unit);
        var first = await guard.InstanceAsync(1, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Eventually.TrueAsync(() => !TestService.IsRunning(first.Pid.Value), "it is gone", TestService.Patience, Ct);

        Assert.Equal("release 1", await GetAsync(unit));

        Assert.NotEqual(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
    }

    [Fact]
    public async Task Replicas_ShareTheSocket()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find()) with { Replicas = 3 };
        unit = unit with { Env = new SortedDictionary<string, string>(unit.Env.ToDictionary(), StringComparer.Ordinal) { ["VERSION"] = "${instance}" } };
        await guard.Client.ApplyAsync(unit, Ct);
        await Eventually.TrueAsync(
            async () => (await guard.Client.StatusAsync(null, null, Ct)).Units[0].Instances.All(i => i.Ready), "all are ready", TestService.Patience, Ct);

        var answers = new ConcurrentDictionary<string, bool>();
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ => answers.TryAdd(await GetAsync(unit, "/slow"), true)));
                return answers.Count == 3;
            },
            "each has answered", TestService.Patience, Ct);
    }

    [Fact]
    public async Task Switch_ToAnotherRelease_LosesNoConnection()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find());
        await BringUpAsync(guard, unit);
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<string>();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    answers.Enqueue(await GetAsync(unit));
            },
            Ct)).ToList();

        await Eventually.TrueAsync(() => answers.Count > 10, "requests are answered", TestService.Patience, Ct);

        await BringUpAsync(guard, guard.InheritingServer(unit.Ports[0].Port, 2), 2);
        await guard.Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, Ct);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal("release 2", await GetAsync(unit));
        Assert.Contains("release 1", answers);
    }

    [Fact]
    public async Task Socket_OutlivesTheGuardAndIsTakenBackByTheNext()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find());
        await BringUpAsync(guard, unit);
        await guard.CrashAsync(Ct);
        Assert.Equal("release 1", await GetAsync(unit));

        await guard.StartAgainAsync(Ct);

        Assert.DoesNotContain("is taken", guard.Journal.ToString(), StringComparison.Ordinal);
        // The new guard has a copy: the death of the only instance refuses nobody.
        var first = await guard.InstanceAsync(1, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await Eventually.TrueAsync(() => !TestService.IsRunning(first.Pid.Value), "it is gone", TestService.Patience, Ct);
        Assert.Equal("release 1", await GetAsync(unit));
    }

    [Fact]
    public async Task Apply_WhenAStrangerHasThePort_FailsNamingIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();

        var refusal = await Assert.ThrowsAsync<GuardException>(
            () => guard.Client.ApplyAsync(guard.InheritingServer(((IPEndPoint)stranger.LocalEndpoint).Port), Ct));

        Assert.Equal("port-taken", refusal.Code);
        Assert.Contains($"(pid {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OfAReleaseWithAnotherSocketMode_IsRefusedWhileTheFirstIsThere()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.InheritingServer(FreePort.Find());
        await BringUpAsync(guard, unit);

        var refusal = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(guard.WebServer(unit.Ports[0].Port, 2), Ct));

        Assert.Equal("port-taken", refusal.Code);
        await guard.Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, Ct);
        await guard.Client.ApplyAsync(guard.WebServer(unit.Ports[0].Port, 2), Ct);
    }

    [Fact]
    public async Task GoServer_WithSystemdsActivation_ServesFromTheSocket()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/go"), "needs /usr/bin/go");
        await using var guard = await GuardProcess.StartAsync(Ct);
        var source = Path.Combine(guard.DataFolder, "main.go");
        await File.WriteAllLinesAsync(source, [GoServer], Ct);
        var binary = Path.Combine(guard.DataFolder, "server");
        var (code, output) = await ToolProcess.RunAsync(
            "/usr/bin/go", ["build", "-o", binary, source],
            new Dictionary<string, string?> { ["GO111MODULE"] = "off", ["CGO_ENABLED"] = "0", ["GOCACHE"] = Path.Combine(Path.GetTempPath(), "go-cache") }, guard.DataFolder, ct: Ct);
        Assert.True(code == 0, output);
        var unit = TestService.Unit(binary) with { Ports = [new UnitPort("http", FreePort.Find())], Socket = SocketMode.Inherit };
        await BringUpAsync(guard, unit);

        Assert.Equal("go", await GetAsync(unit));
        await guard.Client.RestartAsync(unit.Service, unit.Environment, Ct);
        Assert.Equal("go", await GetAsync(unit));
    }

    private static async Task BringUpAsync(GuardProcess guard, Unit unit, int release = 1)
    {
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct, release);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
    }

    private static async Task<string> GetAsync(Unit unit, string path = "/")
    {
        using var client = new HttpClient { Timeout = TestService.Patience };
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{unit.Ports[0].Port}{path}"), Ct);
    }

    private const string GoServer = """
        package main

        import (
            "context"
            "fmt"
            "net"
            "net/http"
            "os"
            "os/signal"
            "syscall"
        )

        func main() {
            l, err := net.FileListener(os.NewFile(3, "http"))
            if err != nil {
                panic(err)
            }
            s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "go") })}
            term := make(chan os.Signal, 1)
            signal.Notify(term, syscall.SIGTERM)
            go s.Serve(l)
            <-term
            s.Shutdown(context.Background())
        }
        """;
}
