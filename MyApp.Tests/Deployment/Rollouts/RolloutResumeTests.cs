using MyApp.Deployment.Approvals;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;

namespace MyApp.Tests.Deployment.Rollouts;

/// <summary>The process dies at every call to the target and at every write to the store, once each; another takes over.</summary>
public sealed class RolloutResumeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly (string Name, InstanceState AfterSwitch, RolloutState Expected)[] Stories =
    [
        ("well", InstanceState.Ready, RolloutState.Succeeded),
        ("ill after the switch", InstanceState.Backoff, RolloutState.RolledBack),
    ];

    [Fact]
    public async Task Run_KilledAtAnyCall_ComesToTheSameEnd()
    {
        foreach (var (name, afterSwitch, expected) in Stories)
        {
            var calls = await CountCallsAsync(afterSwitch);
            Assert.True(calls > 6, $"{name}: {calls} calls");
            for (var at = 1; at <= calls; at++)
                await CheckAsync($"{name}, killed at call {at}", afterSwitch, expected, at);
        }
    }

    [Fact]
    public async Task Run_KilledAfterAnyWrite_ComesToTheSameEnd()
    {
        foreach (var (name, afterSwitch, expected) in Stories)
        {
            for (var at = 1; at <= 9; at++)
            {
                using var bench = await BenchAsync(afterSwitch);
                var id = await bench.AddAsync();
                var dying = new DyingStore(bench.Store, at);
                var runner = new RolloutRunner(dying, bench.Target, (_, _, _) => Task.FromResult(bench.Draft), bench.Options, TimeProvider.System);
                await Assert.ThrowsAsync<KilledException>(() => runner.RunAsync(id, Ct));
                await CheckEndAsync($"{name}, killed after write {at}", bench, await bench.Runner().RunAsync(id, Ct), expected);
            }
        }
    }

    private static async Task CheckAsync(string what, InstanceState afterSwitch, RolloutState expected, int killAt)
    {
        using var bench = await BenchAsync(afterSwitch);
        var id = await bench.AddAsync();
        var left = killAt;
        bench.Target.Before = _ =>
        {
            if (--left == 0)
                throw new KilledException();
        };
        await Assert.ThrowsAsync<KilledException>(() => bench.Runner().RunAsync(id, Ct));
        await CheckEndAsync(what, bench, await bench.Runner().RunAsync(id, Ct), expected);
    }

    private static async Task CheckEndAsync(string what, RolloutBench bench, Rollout done, RolloutState expected)
    {
        var survivor = expected == RolloutState.Succeeded ? "orders-dev-2" : "orders-dev-1";
        Assert.True(done.State == expected, $"{what}: {done.State}: {done.Failure}");
        Assert.True(bench.Target.Current == survivor && await bench.CurrentAsync() == survivor, $"{what}: {bench.Target.Current} has the traffic");
        Assert.True(bench.Target.Running.SequenceEqual([survivor]), $"{what}: running {string.Join(", ", bench.Target.Running)}");
        Assert.True((await bench.Store.ListReleasesAsync("orders", "dev", 10, Ct)).Count == 2, $"{what}: a release too many");
    }

    // Up to the first look while it is watched: how many follow is a matter of time.
    private static async Task<int> CountCallsAsync(InstanceState afterSwitch)
    {
        using var bench = await BenchAsync(afterSwitch);
        var count = 0;
        var steady = 0;
        bench.Target.Before = call =>
        {
            steady = call.StartsWith("read", StringComparison.Ordinal) ? steady + 1 : 0;
            if (steady < 3)
                count++;
        };
        await bench.ShipAsync();
        return count;
    }

    private static async Task<RolloutBench> BenchAsync(InstanceState afterSwitch)
    {
        var bench = new RolloutBench();
        await bench.ShipAsync();
        bench.Target.Behaviour["orders-dev-2"] = () => FakeTarget.Instance("orders-dev-2", bench.Target.Current == "orders-dev-2" ? afterSwitch : InstanceState.Ready);
        return bench;
    }

    private sealed class KilledException : Exception;

    private sealed class DyingStore(IRolloutStore store, int writes) : IRolloutStore
    {
        private int left = writes;

        public Task<Rollout?> FindAsync(Guid rollout, CancellationToken ct) => store.FindAsync(rollout, ct);

        public async Task<bool> TryAdvanceAsync(Rollout current, Rollout next, IReadOnlyList<RolloutEvent> events, CancellationToken ct)
        {
            var written = await store.TryAdvanceAsync(current, next, events, ct);
            return --left == 0 ? throw new KilledException() : written;
        }

        public Task AppendAsync(IReadOnlyList<RolloutEvent> events, CancellationToken ct) => store.AppendAsync(events, ct);

        public Task<Release> AddReleaseAsync(Rollout rollout, Func<ReleaseNumber, Release> make, CancellationToken ct) => store.AddReleaseAsync(rollout, make, ct);

        public Task<IReadOnlyList<Approval>> ReadApprovalsAsync(Guid rollout, CancellationToken ct) => store.ReadApprovalsAsync(rollout, ct);

        public Task<Release?> FindReleaseAsync(string release, CancellationToken ct) => store.FindReleaseAsync(release, ct);

        public Task<Release?> FindCurrentReleaseAsync(string service, string environment, CancellationToken ct) => store.FindCurrentReleaseAsync(service, environment, ct);

        public Task SetCurrentReleaseAsync(Rollout rollout, string release, CancellationToken ct) => store.SetCurrentReleaseAsync(rollout, release, ct);

        public Task<IReadOnlyList<Release>> ListReleasesAsync(string service, string environment, int most, CancellationToken ct) =>
            store.ListReleasesAsync(service, environment, most, ct);
    }
}
