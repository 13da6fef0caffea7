using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Probes;

namespace MyApp.Tests.Supervision;

public sealed class ProbePaceTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(40, 10)]
    [InlineData(2_000, 500)]
    [InlineData(20_000, 5_000)]
    [InlineData(60_000, 5_000)]
    public void Pause_WhileWaiting_IsAQuarterOfTheWaitWithinOneMillisecondAndThePeriod(int waitedMilliseconds, double pauseMilliseconds) =>
        Assert.Equal(pauseMilliseconds, ProbePace.WhileWaiting(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(waitedMilliseconds)).TotalMilliseconds);

    [Fact]
    public void Pause_OfAPeriodBelowTheShortest_IsThePeriod() =>
        Assert.Equal(TimeSpan.FromTicks(100), ProbePace.WhileWaiting(TimeSpan.FromTicks(100), TimeSpan.FromSeconds(1)));

    [Fact]
    public void Questions_OfAStartThatTakesAMinute_AreFew()
    {
        var (waited, questions) = (TimeSpan.Zero, 1);
        for (; waited < TimeSpan.FromMinutes(1); questions++)
            waited += ProbePace.WhileWaiting(TimeSpan.FromSeconds(5), waited);

        Assert.InRange(questions, 10, 60);
    }

    [Fact]
    public void Scatter_IsWithinThePeriod() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 999_999).Select(n => n / 1_000_000.0).ToArbitrary(),
        random => ProbePace.Scattered(TimeSpan.FromSeconds(5), random) is { } pause && pause >= TimeSpan.Zero && pause < TimeSpan.FromSeconds(5)));
}
