using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class FileRolloutStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TryAdvance_ByManyAtOnce_LetsOneWrite()
    {
        var rollout = Rollout();
        await Store().AddAsync(rollout, Ct);
        var next = rollout with { State = RolloutState.Building, Version = 1 };
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store().TryAdvanceAsync(rollout, next, [RolloutEvents.Note(next, "mine", default)], Ct))));

        Assert.Single(written, true);
        Assert.Equal(2, (await Store().EventsAsync(rollout.Id, Ct)).Count);
        Assert.Equal(RolloutState.Building, (await Store().FindAsync(rollout.Id, Ct))!.State);
    }

    [Fact]
    public async Task AddRelease_ForOneRolloutTwice_GivesTheSameRelease()
    {
        using var bench = new RolloutBench();
        var rollout = Rollout();
        var made = 0;
        Release Make(ReleaseNumber number)
        {
            made++;
            return ((ReleaseDraft.Made)bench.Draft).Make(number);
        }

        var first = await Store().AddReleaseAsync(rollout, Make, Ct);
        var again = await Store().AddReleaseAsync(rollout, Make, Ct);
        var other = await Store().AddReleaseAsync(Rollout(), Make, Ct);

        Assert.Equal(("orders-dev-1", "orders-dev-1", "orders-dev-2", 2), (first.Id, again.Id, other.Id, made));
        Assert.Equal(["orders-dev-2", "orders-dev-1"], (await Store().ListReleasesAsync("orders", "dev", 5, Ct)).Select(release => release.Id));
        Assert.Equal(SerializedUnit(first), SerializedUnit((await Store().FindReleaseAsync("orders-dev-1", Ct))!));
    }

    [Fact]
    public void Lease_HeldByOne_IsNotGivenToAnotherUntilItIsFreed()
    {
        using (Store().TryTakeLease("orders", "dev", "ada"))
        {
            Assert.Null(Store().TryTakeLease("orders", "dev", "bob"));
            using var other = Store().TryTakeLease("orders", "prod", "bob");
            Assert.NotNull(other);
        }

        using var later = Store().TryTakeLease("orders", "dev", "bob");
        Assert.NotNull(later);
    }

    [Fact]
    public async Task Find_NameThatIsAPath_StaysInTheStore() => Assert.Null(await Store().FindReleaseAsync("../../etc/passwd", Ct));

    private FileRolloutStore Store() => new(folder.Path);

    private static string SerializedUnit(Release release) => System.Text.Json.JsonSerializer.Serialize(release.Unit, MyApp.Supervision.Units.UnitJson.Default.Unit);

    private static Rollout Rollout() => new()
    {
        Id = Guid.NewGuid(), Service = "orders", Environment = "dev", Kind = RolloutKind.Ship, RequestedBy = "ada", CreatedAt = default, UpdatedAt = default,
    };
}
