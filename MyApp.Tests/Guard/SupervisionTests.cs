using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard;

/// <summary>Starting, stopping and restarting of real processes.</summary>
public sealed class SupervisionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_KilledFromOutside_IsRestartedWithBackoff()
    {
        await using var guard = await GuardProcess.StartAsync(Ct);
        await guard.Client.ApplyAsync(TestService.Unit(guard.Script("run", "exec sleep 1000")), Ct);
        var first = await guard.UntilStateAsync(InstanceState.Ready, Ct);
        Signals.Send(first.Pid!.Value, Signals.Kill);

        var second = await guard.UntilAsync(i => i.State == InstanceState.Ready && i.Pid != first.Pid, Ct);

        Assert.Equal(1, second.Restarts);
        Assert.Equal("killed by SIGKILL", second.LastExit);
    }
}
