using MyApp.Deployment.Rollouts;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class RollbackTargetTests
{
    [Fact]
    public void Of_ARollbackLiesBetween_IsNotTheReleaseThatWasLeft()
    {
        Rollout[] rollouts =
        [
            Moved(RolloutKind.Ship, "orders-dev-4", "orders-dev-2"), Moved(RolloutKind.Rollback, "orders-dev-2", "orders-dev-3"),
            Moved(RolloutKind.Ship, "orders-dev-3", "orders-dev-2"), Moved(RolloutKind.Ship, "orders-dev-2", null),
        ];

        Assert.Equal("orders-dev-2", RollbackTarget.Of("orders-dev-4", rollouts));
        Assert.Null(RollbackTarget.Of("orders-dev-2", rollouts));
    }

    private static Rollout Moved(RolloutKind kind, string release, string? previous) => new()
    {
        Id = Guid.NewGuid(), Service = "orders", Environment = "dev", Kind = kind, State = RolloutState.Succeeded, Release = release,
        PreviousRelease = previous, RequestedBy = "ada", CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
