using MyApp.Deployment.Approvals;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Deployment.Rollouts;

namespace MyApp.Tests.Deployment.Approvals;

/// <summary>A runner whose release has to be signed.</summary>
public sealed class ApprovedRolloutTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OfAReleaseToBeSigned_StopsBeforeItStartsAndGoesOnWhenItIs()
    {
        using var people = await People.WithAsync("ada", "bob");
        using var bench = Bench(people.Rule(2, "ada", "bob"));
        var id = await bench.AddAsync();

        var waiting = await bench.Runner().RunAsync(id, Ct);

        Assert.Equal(RolloutState.Waiting, waiting.State);
        Assert.Empty(bench.Target.Running);
        Assert.Equal(waiting.Version, (await bench.Runner().RunAsync(id, Ct)).Version);
        var told = (await bench.Store.EventsAsync(id, Ct)).Single(e => e is { Kind: RolloutEventKind.Completed, State: RolloutState.Placing });
        Assert.Equal("2 of ada, bob have to sign: myapp approve orders --env dev", told.Message);

        await SignAsync(bench, people["ada"], waiting);
        Assert.Equal(RolloutState.Waiting, (await bench.Runner().RunAsync(id, Ct)).State);
        await SignAsync(bench, people["bob"], waiting);
        var done = await bench.Runner().RunAsync(id, Ct);

        Assert.Equal(RolloutState.Succeeded, done.State);
        var approved = (await bench.Store.EventsAsync(id, Ct)).Single(e => e is { Kind: RolloutEventKind.Completed, State: RolloutState.Waiting });
        Assert.Equal("approved by ada, bob", approved.Message);
    }

    [Fact]
    public async Task Run_ThatNobodySignsInTime_FailsAndChangesNothing()
    {
        using var people = await People.WithAsync("ada");
        using var bench = Bench(people.Rule(1, "ada"), patience: TimeSpan.Zero);
        var id = await bench.AddAsync();

        var failed = await bench.Runner().RunAsync(id, Ct);

        Assert.Equal(RolloutState.Failed, failed.State);
        Assert.Equal("it was not approved within 0 h: 1 of ada have to sign", failed.Failure);
        Assert.Empty(bench.Target.Running);
    }

    [Fact]
    public async Task Run_BackToAnApprovedRelease_WaitsForNobody()
    {
        using var people = await People.WithAsync("ada");
        using var bench = Bench(people.Rule(1, "ada"));
        var first = await ShipSignedAsync(bench, people["ada"]);
        await ShipSignedAsync(bench, people["ada"]);

        var back = await bench.Runner().RunAsync(await bench.AddAsync(RolloutKind.Rollback, first.Release), Ct);

        Assert.Equal((RolloutState.Succeeded, first.Release), (back.State, await bench.CurrentAsync()));
    }

    [Fact]
    public async Task Run_CancelledWhileItWaits_EndsAndChangesNothing()
    {
        using var people = await People.WithAsync("ada");
        using var bench = Bench(people.Rule(1, "ada"));
        var waiting = await bench.Runner().RunAsync(await bench.AddAsync(), Ct);
        var cancelled = waiting with { State = RolloutState.Cancelled, Version = waiting.Version + 1 };
        Assert.True(await bench.Store.TryAdvanceAsync(waiting, cancelled, [], Ct));

        Assert.Equal(RolloutState.Cancelled, (await bench.Runner().RunAsync(waiting.Id, Ct)).State);

        Assert.Empty(bench.Target.Running);
    }

    private static RolloutBench Bench(ApprovalRule rule, TimeSpan? patience = null)
    {
        var bench = new RolloutBench(patience ?? TimeSpan.FromHours(1));
        bench.Draft = new ReleaseDraft.Made(number => RolloutBench.Make(number) with { Approval = rule }, []);
        return bench;
    }

    private static async Task<Rollout> ShipSignedAsync(RolloutBench bench, PersonalKey key)
    {
        var waiting = await bench.Runner().RunAsync(await bench.AddAsync(), Ct);
        await SignAsync(bench, key, waiting);
        return await bench.Runner().RunAsync(waiting.Id, Ct);
    }

    private static async Task SignAsync(RolloutBench bench, PersonalKey key, Rollout rollout)
    {
        var release = (await bench.Store.FindReleaseAsync(rollout.Release!, Ct))!;
        var signed = key.Sign(ApprovalStatement.Of(rollout, release));
        await bench.Store.AddApprovalAsync(new(rollout.Id, signed.Key, signed.Signature, TimeProvider.System.GetUtcNow()), Ct);
    }
}
