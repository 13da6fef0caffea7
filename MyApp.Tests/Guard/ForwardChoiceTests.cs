using System.Globalization;
using System.Net.Sockets;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Which instance gets a forwarded connection, and what becomes of one that none can have.</summary>
public sealed class ForwardChoiceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_ThatRefuses_IsPassedOver()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct, replicas: 2);
        service.Instances[1].Dispose();

        for (var i = 0; i < 20; i++)
            (await service.JoinAsync(Ct)).Client.Dispose();
    }

    [Fact]
    public async Task Instances_GetConnectionsByHowFewTheyHave()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct, replicas: 2);
        var first = new List<Socket>();
        var clients = new List<Socket>();
        for (var i = 0; i < 20; i++)
            clients.Add(await service.ConnectAsync(Ct));
        for (var i = 0; i < 10; i++)
            first.Add(await service.Instances[0].AcceptSocketAsync(Ct).AsTask().WaitAsync(TestService.Patience, Ct));
        Assert.False(service.Instances[0].Pending());

        // Half of them go, so that the next ones are the first instance's.
        first.ForEach(s => s.LingerState = new LingerOption(true, 0));
        first.ForEach(s => s.Dispose());
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);
        for (var i = 0; i < 10; i++)
            _ = await service.JoinAsync(Ct);
    }

    [Fact]
    public async Task Connection_WhileNobodyListens_WaitsForTheFirstWhoDoes()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct, listen: false);
        using var client = await service.ConnectAsync(Ct);
        await client.SendAsync("early"u8.ToArray(), Ct);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);

        var instance = service.Listen((await service.StatusAsync(Ct))[0].Ports["http"]);

        using var server = await instance.AcceptSocketAsync(Ct).AsTask().WaitAsync(TestService.Patience, Ct);
        var buffer = new byte[16];
        Assert.Equal(5, await server.ReceiveAsync(buffer, Ct));
    }

    [Fact]
    public async Task Connection_ThatNobodyTakes_IsClosedAfterTenSeconds()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct, listen: false);
        using var client = await service.ConnectAsync(Ct);
        var begin = TimeProvider.System.GetTimestamp();

        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));

        Assert.InRange(TimeProvider.System.GetElapsedTime(begin), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Connections_AboveTheLimitOfThoseThatWait_AreClosedAtOnce()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct, listen: false);
        var clients = new List<(Socket Socket, long Since)>();
        for (var i = 0; i < 1100; i++)
            clients.Add((await service.ConnectAsync(Ct), TimeProvider.System.GetTimestamp()));

        // Sooner than those that may wait lose their patience, which is after ten seconds.
        await Eventually.TrueAsync(() => clients.Count(c => IsClosed(c.Socket)) >= 76, "76 are closed", TimeSpan.FromSeconds(8), Ct);
        Assert.InRange(clients.Count(c => TimeProvider.System.GetElapsedTime(c.Since) < TimeSpan.FromSeconds(9) && IsClosed(c.Socket)), 0, 76);
        clients.ForEach(c => c.Socket.Dispose());
    }

    [Fact]
    public async Task Guard_ShortOfDescriptors_LetsClientsWaitAndDoesNotSpin()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit"), "needs /usr/bin/prlimit");
        await using var guard = await GuardProcess.StartAsync(Ct);
        using var service = await ForwardedService.StartAsync(guard, Ct);
        var open = Directory.GetFiles($"/proc/{guard.Pid}/fd").Length;
        // Room for some connections, and not for all.
        await ToolProcess.RunAsync("/usr/bin/prlimit", [$"--pid={guard.Pid}", $"--nofile={open + 30}:"], ct: Ct);
        var clients = new List<Socket>();
        for (var i = 0; i < 40; i++)
            clients.Add(await service.ConnectAsync(Ct));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Ct);
        Assert.True(TestService.IsRunning(guard.Pid), $"the guard runs; it says: {guard.Journal}");
        var before = CpuTicks(guard.Pid);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Ct);
        Assert.True(CpuTicks(guard.Pid) - before < 20, "it does not spin");

        // As the first ones go, the others get their turn.
        var served = 0;
        for (; served < 40; served++)
        {
            using var server = await service.Instances[0].AcceptSocketAsync(Ct).AsTask().WaitAsync(TestService.Patience, Ct);
            server.LingerState = new LingerOption(true, 0);
        }

        await ToolProcess.RunAsync("/usr/bin/prlimit", [$"--pid={guard.Pid}", "--nofile=1024:"], ct: Ct);
        Assert.Equal(40, served);
    }

    private static bool IsClosed(Socket socket) => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    // User and system time of all threads, in hundredths of a second.
    private static long CpuTicks(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
