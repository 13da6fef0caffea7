using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Control;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class RolloutRunnerTests : IDisposable
{
    private readonly RolloutBench bench = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(RolloutKind.Rollback)]
    [InlineData(RolloutKind.Refresh)]
    public async Task Cancel_BeforeARolloutBeganThatStaysWithTheRelease_LeavesItsTrafficAlone(RolloutKind kind)
    {
        using var bench = new RolloutBench();
        await bench.ShipAsync();
        var id = await bench.AddAsync(kind, "orders-dev-1");
        var pending = (await bench.Store.FindAsync(id, Ct))!;
        var cancelled = pending with { State = RolloutState.Cancelled, Version = 1 };
        Assert.True(await bench.Store.TryAdvanceAsync(pending, cancelled, [RolloutEvents.Entered(cancelled, "", default)], Ct));

        await bench.Runner().RunAsync(id, Ct);

        Assert.Equal("orders-dev-1", bench.Target.Current);
    }

    [Fact]
    public async Task Run_FirstShip_GoesThroughEveryStateAndSucceeds()
    {
        var done = await bench.ShipAsync();

        Assert.Equal((RolloutState.Succeeded, "orders-dev-1", null), (done.State, done.Release, done.Failure));
        Assert.Equal(
            [
                RolloutState.Pending, RolloutState.Building, RolloutState.Preflight, RolloutState.Placing, RolloutState.Waiting, RolloutState.Starting,
                RolloutState.Verifying, RolloutState.Switching, RolloutState.Baking, RolloutState.Succeeded,
            ],
            await bench.StatesAsync(done.Id));
        Assert.Equal(["check orders-dev-1", "place orders-dev-1", "start orders-dev-1", "switch orders-dev-1"], bench.Target.Calls);
        Assert.Equal("orders-dev-1", await bench.CurrentAsync());
    }

    [Fact]
    public async Task Run_Ship_TellsEachStateWithItsDurationAndTheBuild()
    {
        var done = await bench.ShipAsync();
        var events = await bench.Store.EventsAsync(done.Id, Ct);

        Assert.Equal(9, events.Count(e => e is { Kind: RolloutEventKind.Completed, Duration: not null }));
        Assert.Contains(events, e => e is { Kind: RolloutEventKind.Note, State: RolloutState.Building } && e.Message.StartsWith("compile: done (1.0 KiB", StringComparison.Ordinal));
        Assert.Equal(events.Select(e => e.Sequence).Order().Distinct(), events.Select(e => e.Sequence));
    }

    [Fact]
    public async Task Run_SecondShip_RemovesTheFirstOnlyAfterTheSwitch()
    {
        await bench.ShipAsync();
        bench.Target.Calls.Clear();
        var done = await bench.ShipAsync();

        Assert.Equal(("orders-dev-2", "orders-dev-1"), (done.Release, done.PreviousRelease));
        Assert.Equal(["check orders-dev-2", "place orders-dev-2", "start orders-dev-2", "switch orders-dev-2", "remove orders-dev-1"], bench.Target.Calls);
    }

    [Fact]
    public async Task Run_BuildRefused_FailsWithItsTextAndTouchesNothing()
    {
        bench.Draft = new ReleaseDraft.Refused("./main.go:3:15: undefined: missing");
        var done = await bench.ShipAsync();

        Assert.Equal((RolloutState.Failed, "./main.go:3:15: undefined: missing"), (done.State, done.Failure));
        Assert.Empty(bench.Target.Calls);
    }

    [Fact]
    public async Task Run_PreflightError_FailsBeforeAnythingIsPlaced()
    {
        bench.Target.Found = [new(Severity.Error, "host.port-taken", "port 8080 (http) is taken by nginx (pid 812)", "stop it")];
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.Failed, done.State);
        Assert.Contains("taken by nginx (pid 812)", done.Failure);
        Assert.Equal(["check orders-dev-1"], bench.Target.Calls);
    }

    [Fact]
    public async Task Run_CrashLoop_FailsWithTheCauseAndKeepsTheOldRelease()
    {
        await bench.ShipAsync();
        bench.Target.Behaviour["orders-dev-2"] = () => FakeTarget.Instance("orders-dev-2", InstanceState.CrashLoop) with
        {
            LastExit = "exit 3", LastProbe = "startup: connection refused", LastLines = ["panic: no database"],
        };
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.Failed, done.State);
        foreach (var part in new[] { "orders-dev-2 ends again and again", "last exit: exit 3", "last probe: startup: connection refused", "  panic: no database" })
            Assert.Contains(part, done.Failure);
        Assert.Equal(["orders-dev-1"], bench.Target.Running);
        Assert.Equal(("orders-dev-1", "orders-dev-1"), (bench.Target.Current, await bench.CurrentAsync()));
    }

    [Fact]
    public async Task Run_NeverReady_FailsWhenTheBudgetIsOver()
    {
        bench.Target.Behaviour["orders-dev-1"] = () => FakeTarget.Instance("orders-dev-1", InstanceState.Starting) with { LastProbe = "startup: GET /: 503" };
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.Failed, done.State);
        Assert.Contains("was not ready within 0.2 s", done.Failure);
        Assert.Contains("GET /: 503", done.Failure);
    }

    [Fact]
    public async Task Run_IllAfterTheSwitch_RollsBackToThePreviousRelease()
    {
        await bench.ShipAsync();
        bench.Target.Behaviour["orders-dev-2"] = () =>
            FakeTarget.Instance("orders-dev-2", bench.Target.Current == "orders-dev-2" ? InstanceState.Backoff : InstanceState.Ready) with { LastExit = "killed by SIGSEGV" };
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.RolledBack, done.State);
        Assert.Contains("killed by SIGSEGV", done.Failure);
        Assert.Equal(("orders-dev-1", "orders-dev-1"), (bench.Target.Current, await bench.CurrentAsync()));
        Assert.Equal(["orders-dev-1"], bench.Target.Running);
    }

    [Fact]
    public async Task Run_FirstReleaseIllAfterTheSwitch_FailsAndLeavesItToTheGuard()
    {
        bench.Target.Behaviour["orders-dev-1"] = () =>
            FakeTarget.Instance("orders-dev-1", bench.Target.Current is null ? InstanceState.Ready : InstanceState.Backoff);
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.Failed, done.State);
        Assert.Equal(["orders-dev-1"], bench.Target.Running);
    }

    [Fact]
    public async Task Run_Rollback_StartsTheOldOneBesideTheNewOneWithoutABuild()
    {
        await bench.ShipAsync();
        await bench.ShipAsync();
        bench.Target.Calls.Clear();
        var done = await bench.Runner().RunAsync(await bench.AddAsync(RolloutKind.Rollback, "orders-dev-1"), Ct);

        Assert.Equal(RolloutState.Succeeded, done.State);
        Assert.Equal(2, bench.Builds);
        Assert.Equal(["check orders-dev-1", "place orders-dev-1", "start orders-dev-1", "switch orders-dev-1", "remove orders-dev-2"], bench.Target.Calls);
    }

    [Fact]
    public async Task Run_ToTheReleaseThatHasTheTraffic_RemovesNothing()
    {
        await bench.ShipAsync();
        var done = await bench.Runner().RunAsync(await bench.AddAsync(RolloutKind.Rollback, "orders-dev-1"), Ct);

        Assert.Equal(RolloutState.Succeeded, done.State);
        Assert.Equal(["orders-dev-1"], bench.Target.Running);
    }

    [Fact]
    public async Task Run_UnknownRelease_Fails()
    {
        var done = await bench.Runner().RunAsync(await bench.AddAsync(RolloutKind.Rollback, "orders-dev-9"), Ct);

        Assert.Contains("orders-dev-9 is not in the store", done.Failure);
    }

    [Fact]
    public async Task Run_GuardAwayForAMoment_GoesOn()
    {
        var away = 3;
        bench.Target.Before = call =>
        {
            if (call.StartsWith("place", StringComparison.Ordinal) && away-- > 0)
                throw new GuardException("unreachable", "no guard answers");
        };

        Assert.Equal(RolloutState.Succeeded, (await bench.ShipAsync()).State);
    }

    [Fact]
    public async Task Run_GuardStaysAway_FailsSayingSo()
    {
        bench.Options = bench.Options with { TargetPatience = TimeSpan.FromMilliseconds(100) };
        bench.Target.Before = call =>
        {
            if (call != "build")
                throw new GuardException("unreachable", "no guard answers at /x");
        };
        var done = await bench.ShipAsync();

        Assert.Equal(RolloutState.Failed, done.State);
        Assert.Equal("the guard did not answer for 0.1 s: no guard answers at /x", done.Failure);
    }

    [Fact]
    public async Task Run_GuardRefuses_FailsWithItsWords()
    {
        bench.Target.Before = call =>
        {
            if (call == "start orders-dev-1")
                throw new GuardException("port-taken", "port 8080 is taken");
        };

        Assert.Equal("port 8080 is taken", (await bench.ShipAsync()).Failure);
    }

    [Fact]
    public async Task Run_CancelledFromOutsideWhileVerifying_StopsAndTidiesUp()
    {
        await bench.ShipAsync();
        var id = await bench.AddAsync();
        bench.Target.Behaviour["orders-dev-2"] = () => FakeTarget.Instance("orders-dev-2", InstanceState.Starting);
        bench.Target.Before = call =>
        {
            if (call != "read orders-dev-2")
                return;
            bench.Target.Before = _ => { };
            var at = bench.Store.FindAsync(id, Ct).Result!;
            Assert.True(bench.Store.TryAdvanceAsync(at, at with { State = RolloutState.Cancelled, Version = at.Version + 1 }, [], Ct).Result);
        };
        var done = await bench.Runner().RunAsync(id, Ct);

        Assert.Equal(RolloutState.Cancelled, done.State);
        Assert.Equal(["orders-dev-1"], bench.Target.Running);
        Assert.Equal("orders-dev-1", bench.Target.Current);
    }

    [Fact]
    public async Task Run_RunnerStopped_LeavesTheRolloutToTheNext()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bench.Target.Before = call =>
        {
            if (call == "place orders-dev-1")
                stop.Cancel();
        };
        var id = await bench.AddAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Runner().RunAsync(id, stop.Token));
        Assert.False((await bench.Store.FindAsync(id, Ct))!.IsFinal);

        Assert.Equal(RolloutState.Succeeded, (await bench.Runner().RunAsync(id, Ct)).State);
    }

    [Fact]
    public async Task Run_UnknownRollout_Throws() => await Assert.ThrowsAsync<KeyNotFoundException>(() => bench.Runner().RunAsync(Guid.NewGuid(), Ct));
}
