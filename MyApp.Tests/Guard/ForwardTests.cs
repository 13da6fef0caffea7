using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>The service's port: shared by releases, held by strangers, patient in restarts.</summary>
public sealed class ForwardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Switch_UnderContinuousRequests_LosesNone()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentQueue<string>();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(() => AskAgainAndAgainAsync(port, answers, stop.Token), Ct)).ToList();
        await Eventually.TrueAsync(() => answers.Count > 20, "requests are answered", TestService.Patience, Ct);

        await BringUpAsync(guard, port, 2);
        await guard.Client.RemoveAsync(TestService.Name, TestService.Environment, $"{TestService.Name}-{TestService.Environment}-1", Ct);
        var before = answers.Count;
        await Eventually.TrueAsync(() => answers.Count > before + 20, "requests are answered after the switch", TestService.Patience, Ct);
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Equal(["release 1", "release 2"], answers.Distinct().Order());
        Assert.Equal("release 2", answers.Last());
    }

    [Fact]
    public async Task Remove_WhileARequestRuns_WaitsForItsAnswer()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);
        var request = GetAsync(port, "/slow");
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Ct);

        await guard.Client.RemoveAsync(TestService.Name, TestService.Environment, $"{TestService.Name}-{TestService.Environment}-1", Ct);

        Assert.Equal("release 1", await request);
    }

    [Fact]
    public async Task Request_DuringARestart_WaitsAndIsAnswered()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);
        var first = await guard.InstanceAsync(1, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);
        // Until its sockets are closed the kernel goes on to accept connections for it.
        await Eventually.TrueAsync(() => !TestService.IsRunning(first.Pid.Value), "it is gone", TestService.Patience, Ct);

        Assert.Equal("release 1", await GetAsync(port, "/"));
        Assert.NotEqual(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
    }

    [Fact]
    public async Task Kill_OfAnInstanceUnderLoad_LosesOnlyWhatItWasAnswering()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with { Replicas = 2 };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        await Eventually.TrueAsync(
            async () => (await guard.Client.StatusAsync(null, null, Ct)).Units[0].Instances.All(i => i.Ready), "all are ready", TestService.Patience, Ct);
        using var stop = new CancellationTokenSource();
        var (answered, failed) = (0, 0);
        const int Clients = 4;
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await TryGetAsync(unit.Ports[0].Port))
                        Interlocked.Increment(ref answered);
                    else
                        Interlocked.Increment(ref failed);
                }
            },
            Ct)).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref answered) > 20, "requests are answered", TestService.Patience, Ct);

        Signals.Send((await guard.InstanceAsync(1, Ct)).Pid!.Value, Signals.Kill);

        var before = Volatile.Read(ref answered);
        await Eventually.TrueAsync(() => Volatile.Read(ref answered) > before + 50, "they are answered after it", TestService.Patience, Ct);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        // It serves one at a time, and has at most the others in its queue.
        Assert.True(failed <= Clients, $"{failed} failed");
    }

    [Fact]
    public async Task Client_ThatClosesItsSendingHalf_StillGetsTheAnswer()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Ct);
        using var reader = new StreamReader(client.GetStream());
        await reader.BaseStream.WriteAsync("GET /slow HTTP/1.1\r\n\r\n"u8.ToArray(), Ct);
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.EndsWith("release 1", await reader.ReadToEndAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_AreAskedInTurn()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with { Replicas = 3 };
        unit = unit with { Env = new SortedDictionary<string, string>(unit.Env.ToDictionary(), StringComparer.Ordinal) { ["VERSION"] = "${instance}" } };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        await Eventually.TrueAsync(
            async () => (await guard.Client.StatusAsync(null, null, Ct)).Units[0].Instances.All(i => i.Ready), "all are ready", TestService.Patience, Ct);

        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
            answers.Add(await GetAsync(unit.Ports[0].Port, "/"));

        Assert.All(answers.GroupBy(a => a), g => Assert.Equal(2, g.Count()));
        Assert.Equal(3, answers.Distinct().Count());
    }

    [Theory]
    [InlineData(SocketMode.Forward)]
    [InlineData(SocketMode.None)]
    public async Task Apply_WhenAStrangerHasThePort_FailsNamingIt(SocketMode mode)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var unit = guard.WebServer(((IPEndPoint)stranger.LocalEndpoint).Port) with { Socket = mode };

        var refusal = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit, Ct));

        Assert.Equal("port-taken", refusal.Code);
        Assert.Contains($"(pid {Environment.ProcessId})", refusal.Message, StringComparison.Ordinal);
        Assert.Empty((await guard.Client.StatusAsync(null, null, Ct)).Units);
    }

    [Fact]
    public async Task Apply_WhenAnotherServiceHasThePort_FailsNamingIt()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);

        var refusal = await Assert.ThrowsAsync<GuardException>(() => guard.Client.ApplyAsync(unit with { Service = "other" }, Ct));

        Assert.Contains($"service {TestService.Name} in {TestService.Environment}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OfTheService_RefusesItsConnectionsAtOnce()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);

        await guard.Client.StopAsync(TestService.Name, TestService.Environment, Ct);

        var begin = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(port, "/"));
        // Others wait ten seconds for somebody to take them.
        Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Switch_ToAReleaseWithOtherExposure_ChangesTheAddress()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var port = FreePort.Find();
        await BringUpAsync(guard, port, 1);
        Assert.Equal(["0100007F"], ListenersOn(port));

        await BringUpAsync(guard, port, 2, Exposure.Host);

        Assert.Equal(["00000000"], ListenersOn(port));
        Assert.Equal("release 2", await GetAsync(port, "/"));
    }

    // Addresses as /proc/net/tcp writes them.
    private static List<string> ListenersOn(int port) =>
    [
        .. File.ReadLines("/proc/net/tcp").Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f[3] == "0A" && f[1].EndsWith($":{port:X4}", StringComparison.Ordinal)).Select(f => f[1][..8]),
    ];

    private static async Task BringUpAsync(GuardProcess guard, int port, int release, Exposure expose = Exposure.Loopback)
    {
        var unit = guard.WebServer(port, release) with { Expose = expose };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct, release);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
    }

    private static async Task<string> GetAsync(int port, string path)
    {
        using var client = new HttpClient { Timeout = TestService.Patience };
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}{path}"), Ct);
    }

    private static async Task<bool> TryGetAsync(int port)
    {
        try
        {
            return (await GetAsync(port, "/")).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // Any failure of a request fails the test, through Task.WhenAll.
    private static async Task AskAgainAndAgainAsync(int port, ConcurrentQueue<string> answers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            answers.Enqueue(await GetAsync(port, "/"));
    }
}
