using System.Net;
using System.Net.Sockets;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Services that run only while somebody is connected.</summary>
public sealed class OnDemandTests
{
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SocketMode.Forward)]
    [InlineData(SocketMode.Inherit)]
    public async Task Service_ThatIsIdle_IsStoppedAndStartedByTheNextConnection(SocketMode mode)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await BringUpAsync(guard, mode);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        var idle = await guard.UntilAsync(i => i.Pid is null && i.WaitsFor is not null, Ct);

        Assert.Equal(InstanceState.Waiting, idle.State);
        Assert.False(TestService.IsRunning(first.Pid!.Value));
        Assert.Equal("release 1", await GetAsync(unit));
        Assert.NotEqual(first.Pid, (await guard.InstanceAsync(1, Ct)).Pid);
    }

    [Theory]
    [InlineData(SocketMode.Forward)]
    [InlineData(SocketMode.Inherit)]
    public async Task Service_WithAnOpenConnection_StaysUp(SocketMode mode)
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await BringUpAsync(guard, mode);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, unit.Ports[0].Port, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await Task.Delay(3 * IdleAfter, TimeProvider.System, Ct);
        Assert.Equal((InstanceState.Ready, first.Pid), ((await guard.InstanceAsync(1, Ct)) is var now ? now.State : default, now.Pid));
        client.Close();

        await guard.UntilAsync(i => i.Pid is null, Ct);
    }

    [Fact]
    public async Task Service_AfterAGuardRestart_IsStillStartedByTheNextConnection()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = await BringUpAsync(guard, SocketMode.Forward);
        await guard.UntilAsync(i => i.Pid is null && i.WaitsFor is not null, Ct);

        await guard.CrashAsync(Ct);
        await guard.StartAgainAsync(Ct);

        Assert.Null((await guard.InstanceAsync(1, Ct)).Pid);
        Assert.Equal("release 1", await GetAsync(unit));
    }

    private static async Task<Unit> BringUpAsync(GuardProcess guard, SocketMode mode)
    {
        var server = mode == SocketMode.Forward ? guard.WebServer(FreePort.Find()) with { Readiness = null } : guard.InheritingServer(FreePort.Find());
        var unit = server with { OnDemand = new OnDemandRule(IdleAfter) };
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        return unit;
    }

    private static async Task<string> GetAsync(Unit unit)
    {
        using var client = new HttpClient { Timeout = TestService.Patience };
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{unit.Ports[0].Port}/"), Ct);
    }
}
