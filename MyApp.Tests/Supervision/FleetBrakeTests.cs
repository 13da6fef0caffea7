using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Probes;

namespace MyApp.Tests.Supervision;

public sealed class FleetBrakeTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 2)]
    [InlineData(1000, 250)]
    public void Limit_IsAQuarterAndAlwaysOne(int instances, int limit) => Assert.Equal(limit, FleetBrake.Limit(instances));

    [Theory]
    [InlineData(8, 1, 100, 24, null)]
    [InlineData(8, 2, 100, 2, "2 of 8 instances of the service are away after liveness restarts, 2 may be")]
    [InlineData(1, 0, 100, 25, "25 of 100 instances of the guard are away after liveness restarts, 25 may be")]
    [InlineData(1, 0, 1, 0, null)]
    public void Restart_BeyondAQuarterOfTheServiceOrTheGuard_IsHeld(int instances, int away, int all, int allAway, string? why) =>
        Assert.Equal(why, FleetBrake.Hold((instances, away), (all, allAway)));

    [Fact]
    public void Restarts_OfAnyFleetFailingAtOnce_LeaveThreeQuartersUp() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 500).ToArbitrary(),
        instances =>
        {
            var away = 0;
            while (FleetBrake.Hold((instances, away), (instances, away)) is null)
                away++;
            return away == Math.Max(1, instances / 4);
        }));
}
