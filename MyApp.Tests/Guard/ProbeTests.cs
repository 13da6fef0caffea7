using System.Globalization;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

public sealed class ProbeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readiness_GatesAndTakesAwayReadyWithoutARestart()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);
        await guard.Client.ApplyAsync(guard.WebServer(FreePort.Find()), Ct);

        var running = await guard.UntilAsync(i => i.State == InstanceState.Running && i.LastProbe!.StartsWith("readiness", StringComparison.Ordinal), Ct);
        Assert.Equal("readiness: GET /health: 503 Service Unavailable", running.LastProbe);
        Assert.False(running.Ready);
        File.Delete(guard.UnreadyFile(1));
        await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);
        var again = await guard.UntilStateAsync(InstanceState.Running, Ct);

        Assert.Equal((running.Pid, 0), (again.Pid, again.Restarts));
    }

    [Fact]
    public async Task Startup_ThatDoesNotPassInItsBudget_RestartsAndSaysWhy()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = TestService.Unit(guard.Script("run", "exec sleep 1000")) with
        {
            Ports = [new UnitPort("http", FreePort.Find())],
            Socket = SocketMode.Forward,
            Startup = new Probe { Tcp = true, Period = TimeSpan.FromMilliseconds(50), Budget = TimeSpan.FromSeconds(0.5) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilAsync(i => i.Restarts > 0, Ct);

        Assert.Equal("startup probe did not pass within 0.5 s; killed by SIGTERM", instance.LastExit);
        Assert.EndsWith("connection refused", instance.LastProbe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Liveness_ThatFails_Restarts()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Readiness = null,
            Liveness = new Probe { HttpPath = "/health", Period = TimeSpan.FromMilliseconds(50), Failures = 2 },
        };
        await guard.Client.ApplyAsync(unit, Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        await File.WriteAllLinesAsync(guard.UnreadyFile(1), [], Ct);

        var second = await guard.UntilAsync(i => i.Pid is not null && i.Pid != first.Pid, Ct);

        Assert.Equal("liveness probe failed; killed by SIGTERM", second.LastExit);
    }

    [Fact]
    public async Task Probe_OfAServerThatNeverAnswers_TimesOut()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        var unit = guard.WebServer(FreePort.Find()) with
        {
            Readiness = new Probe { HttpPath = "/slow", Period = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromMilliseconds(200) },
        };
        await guard.Client.ApplyAsync(unit, Ct);

        var instance = await guard.UntilAsync(i => i.LastProbe?.Contains("no answer", StringComparison.Ordinal) == true, Ct);

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"readiness: GET /slow: no answer within {0.2} s"), instance.LastProbe);
    }
}
