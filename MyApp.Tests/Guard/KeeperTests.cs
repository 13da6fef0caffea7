using System.Net.Sockets;
using System.Text;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Specs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Ports;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>The small parent of a guard, which starts another when the guard is killed and keeps what must not be lost between the two.</summary>
public sealed class KeeperTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guard_Killed_IsFollowedByAnotherThatTakesEverythingOver()
    {
        await using var guard = await StartAsync();
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        for (var i = 0; i < 3; i++)
            await guard.KillAsync(Ct);

        var second = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Assert.Equal((first.Pid, 0), (second.Pid, second.Restarts));
        Signals.Send(first.Pid!.Value, Signals.Kill);
        await guard.UntilAsync(i => i.Restarts == 1 && i.LastExit == "killed by SIGKILL", Ct);
    }

    [Fact]
    public async Task Instance_ThatEndedWithoutAGuard_IsKnownWithItsCauseAndItsLastLines()
    {
        await using var guard = await StartAsync();
        var done = Path.Combine(guard.DataFolder, "go-on");
        var script = guard.Script("run", $"[ -e {done} ] && exec sleep 1000; echo begin; while [ ! -e {done} ]; do sleep 0.01; done; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo line $i; done; exit 43");
        await guard.Client.ApplyAsync(TestService.Unit(script), Ct);
        var first = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.LastLines.Count == 1, Ct);

        await WithoutGuardAsync(guard, async () =>
        {
            await File.WriteAllLinesAsync(done, [], Ct);
            await Eventually.TrueAsync(() => !TestService.IsRunning(first.Pid!.Value), "the instance has ended", TestService.Patience, Ct);
        });

        await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Restarts == 1 && i.LastExit == "exit 43", Ct);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => $"line {i}").Prepend("begin"), await LogAsync(guard));
    }

    [Fact]
    public async Task ForwardedPort_WithoutAGuard_HoldsConnectionsForTheNext()
    {
        await using var guard = await StartAsync();
        var unit = guard.WebServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        using var client = new TcpClient();

        await WithoutGuardAsync(guard, async () =>
        {
            await client.ConnectAsync("127.0.0.1", unit.Ports[0].Port, Ct);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Ct);
        });

        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.EndsWith("release 1", await reader.ReadToEndAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketMode.Forward)]
    [InlineData(SocketMode.Inherit)]
    public async Task Port_OfAServiceThatRuns_IsNobodyElsesToPreflight(SocketMode socket)
    {
        await using var guard = await StartAsync();
        var unit = socket == SocketMode.Forward ? guard.WebServer(FreePort.Find()) : guard.InheritingServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.Client.SwitchAsync(unit.Service, unit.Environment, unit.Release, Ct);
        var spec = SpecReader.Read($"service: orders\nport: {unit.Ports[0].Port}\n", "myapp.yaml").File!.Find("orders", "prod")!;

        Assert.NotNull(PortOwner.Find(unit.Ports[0].Port));
        Assert.Empty((await HostInspection.InspectAsync(spec, null, TimeProvider.System, Ct)).PortOwners);
    }

    [Fact]
    public async Task Folder_WithoutAGuard_IsStillTaken()
    {
        await using var guard = await StartAsync();

        await WithoutGuardAsync(guard, async () =>
        {
            using var second = GuardProcess.Start("serve", "--data", guard.DataFolder);
            await second.WaitForExitAsync(Ct);
            Assert.Equal(3, second.ExitCode);
        });

        Assert.Equal(guard.Pid, (await guard.Client.HelloAsync(Ct)).Pid);
    }

    [Fact]
    public async Task PortOfARemovedService_IsHeldByNobody()
    {
        await using var guard = await StartAsync();
        var unit = guard.WebServer(FreePort.Find());
        await guard.Client.ApplyAsync(unit, Ct);
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await guard.KillAsync(Ct);

        await guard.Client.RemoveAsync(unit.Service, unit.Environment, unit.Release, Ct);

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", unit.Ports[0].Port, Ct).AsTask());
        await Eventually.TrueAsync(() => !Held(guard).Any(f => f.Contains("/guard/run/", StringComparison.Ordinal)), "its pipes are held by nobody", TestService.Patience, Ct);
    }

    [Fact]
    public async Task Keeper_Killed_TakesTheGuardAlongAndLeavesTheInstances()
    {
        await using var guard = await StartAsync();
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        await guard.CrashAsync(Ct);

        await Eventually.TrueAsync(() => !TestService.IsRunning(guard.Pid), "the guard has ended", TestService.Patience, Ct);
        Assert.True(TestService.IsRunning(first.Pid!.Value));
        await guard.StartAgainAsync(Ct);
        Assert.Equal(first.Pid, (await guard.UntilStateAsync(InstanceState.Ready, Ct)).Pid);
    }

    [Fact]
    public async Task Keeper_KilledAfterAnUpgrade_TakesTheGuardAlongAllTheSame()
    {
        await using var guard = await StartAsync();
        var pid = guard.Pid;
        await guard.Client.UpgradeAsync(null, Ct);
        Assert.Equal(pid, (await guard.Client.HelloAsync(Ct)).Pid);

        await guard.CrashAsync(Ct);

        await Eventually.TrueAsync(() => !TestService.IsRunning(pid), "the guard has ended", TestService.Patience, Ct);
        await guard.StartAgainAsync(Ct);
    }

    [Fact]
    public async Task Sigterm_ToTheKeeper_StopsEverything()
    {
        await using var guard = await StartAsync();
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);

        Signals.Send(guard.KeeperPid, Signals.Terminate);

        await Eventually.TrueAsync(() => !TestService.IsRunning(guard.KeeperPid), "the keeper has ended", TestService.Patience, Ct);
        Assert.False(TestService.IsRunning(first.Pid!.Value));
        Assert.Equal(0, await guard.EndAsync(Ct));
    }

    [Fact]
    public async Task Guard_KilledAfterAnUpgrade_IsFollowedByTheNewBinary()
    {
        await using var guard = await StartAsync();
        var binary = Path.Combine(guard.DataFolder, "myapp-guard");
        File.Copy(GuardProcess.Binary(), binary);
        Assert.Equal(0, (await guard.CtlAsync(Ct, "upgrade", "--binary", binary)).Code);

        await guard.KillAsync(Ct);

        Assert.Equal(binary, new FileInfo($"/proc/{guard.Pid}/exe").LinkTarget);
    }

    private static async Task<GuardProcess> StartAsync()
    {
        var guard = await GuardProcess.StartAsync(Ct);
        if (guard.IsKept)
            return guard;
        await guard.DisposeAsync();
        Assert.False(
            File.Exists("/usr/include/zlib.h") && new[] { "/usr/bin/clang", "/usr/bin/gcc" }.Any(File.Exists) && Environment.GetEnvironmentVariable("MYAPP_GUARD") is null,
            "the native guard has not been built, though all is there that it takes");
        Assert.Skip("only the native guard has a keeper, and it has not been built");
        return guard;
    }

    /// <summary>Kills the guard, and has its keeper stand still while something happens.</summary>
    private static async Task WithoutGuardAsync(GuardProcess guard, Func<Task> meanwhile)
    {
        var before = guard.Pid;
        Signals.Send(guard.KeeperPid, Signals.Stop);
        try
        {
            Signals.Send(before, Signals.Kill);
            await Eventually.TrueAsync(() => !TestService.IsRunning(before), "the guard has ended", TestService.Patience, Ct);
            await meanwhile();
        }
        finally
        {
            Signals.Send(guard.KeeperPid, Signals.Continue);
        }

        await guard.UntilAnotherAsync(before, Ct);
    }

    private static IEnumerable<string> Held(GuardProcess guard) =>
        Directory.EnumerateFileSystemEntries($"/proc/{guard.KeeperPid}/fd").Select(f => new FileInfo(f).LinkTarget ?? "");

    private static async Task<List<string>> LogAsync(GuardProcess guard)
    {
        var lines = new List<string>();
        await foreach (var line in guard.Client.LogsAsync(TestService.Name, TestService.Environment, "access", 100_000, false, Ct))
            lines.Add(line.Text);
        return lines;
    }
}
