using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Configs;
using MyApp.Tests.Deployment.Approvals;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class RefreshRolloutTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_GivesTheReleaseWithTheTrafficTheValuesOfNow_AndMakesNoOther()
    {
        using var bench = await ShippedAsync();
        bench.Draft = new ReleaseDraft.Made(number => Make(number, "two"), []);
        bench.Target.Calls.Clear();

        var rollout = await RefreshAsync(bench);

        Assert.Equal((RolloutState.Succeeded, "orders-dev-1"), (rollout.State, rollout.Release));
        Assert.Equal(["check orders-dev-1", "refresh orders-dev-1"], bench.Target.Calls);
        Assert.Equal([RolloutState.Pending, RolloutState.Preflight, RolloutState.Refreshing, RolloutState.Succeeded], await bench.StatesAsync(rollout.Id));
        Assert.Equal("orders-dev-1", await bench.CurrentAsync());
    }

    [Fact]
    public async Task Refresh_ThatIsTakenBack_FailsAndSaysWhy()
    {
        using var bench = await ShippedAsync();
        bench.Draft = new ReleaseDraft.Made(number => Make(number, "two"), []);
        bench.Target.RefreshProblem = "orders-dev-1.0 was ready before and not with them";

        var rollout = await RefreshAsync(bench);

        Assert.Equal((RolloutState.Failed, "the instances have their earlier values again: orders-dev-1.0 was ready before and not with them"), (rollout.State, rollout.Failure));
        Assert.Equal("orders-dev-1", await bench.CurrentAsync());
    }

    [Fact]
    public async Task Refresh_WhereMoreThanValuesWouldChange_TouchesNothing()
    {
        using var bench = await ShippedAsync();
        bench.Draft = new ReleaseDraft.Made(number => Make(number, "two") with { Unit = Make(number, "two").Unit with { Args = ["--debug"] } }, []);

        await AssertRefusedAsync(bench, "args would be another one too, which a running program can't be given: myapp ship orders --env dev");
    }

    [Fact]
    public async Task Refresh_WherePeopleSign_TouchesNothing()
    {
        using var bench = await ShippedAsync();
        using var people = await People.WithAsync("ada");
        bench.Draft = new ReleaseDraft.Made(number => Make(number, "two") with { Approval = people.Rule(1, "ada") }, []);

        await AssertRefusedAsync(bench, "in dev people sign what a service runs with, so the values come with a rollout: myapp ship orders --env dev");
    }

    [Fact]
    public async Task Refresh_OfAReleaseThatTakesNoSignal_TouchesNothing()
    {
        using var bench = await ShippedAsync(refreshable: false);
        bench.Draft = new ReleaseDraft.Made(number => Make(number, "two", refreshable: false), []);

        await AssertRefusedAsync(bench, "orders-dev-1 was shipped without config: { onChange: signal }");
    }

    private static async Task AssertRefusedAsync(RolloutBench bench, string why)
    {
        bench.Target.Calls.Clear();
        var rollout = await RefreshAsync(bench);
        Assert.Equal((RolloutState.Failed, why), (rollout.State, rollout.Failure));
        Assert.Empty(bench.Target.Calls);
    }

    private static async Task<RolloutBench> ShippedAsync(bool refreshable = true)
    {
        var bench = new RolloutBench { Draft = new ReleaseDraft.Made(number => Make(number, "one", refreshable), []) };
        Assert.Equal(RolloutState.Succeeded, (await bench.ShipAsync()).State);
        return bench;
    }

    private static async Task<Rollout> RefreshAsync(RolloutBench bench) => await bench.Runner().RunAsync(await bench.AddAsync(RolloutKind.Refresh, "orders-dev-1"), Ct);

    private static Release Make(ReleaseNumber number, string level, bool refreshable = true)
    {
        var release = RolloutBench.Make(number);
        var values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["level"] = new(level) };
        return release with { Unit = release.Unit with { Config = new() { Name = "app.env", Refreshable = refreshable, Values = values } } };
    }
}
