using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Supervision;

public sealed class RestartTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExitCause Exit1 = new(ExitKind.Exited, 1);

    private static readonly Arbitrary<double> Random = Gen.Choose(0, 999_999).Select(n => n / 1_000_000.0).ToArbitrary();

    [Fact]
    public void Delay_OfAnyCount_IsWithinTheJitterOfTheCappedDoubling() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        Random,
        (failures, random) =>
        {
            var rule = new RestartRule();
            var delay = BackoffDelay.Of(rule, failures, random);
            var ideal = Math.Min(60.0, 0.5 * Math.Pow(2, Math.Max(0, Math.Max(0, (long)failures) - 1)));
            return delay.TotalSeconds >= (ideal * 0.8) - 0.001 && delay.TotalSeconds <= (ideal * 1.2) + 0.001;
        }));

    [Fact]
    public void Delay_WithTheSameRandomness_NeverShrinksWithMoreFailures() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 5000).ToArbitrary(), Random, (n, r) => BackoffDelay.Of(new RestartRule(), n, r) <= BackoffDelay.Of(new RestartRule(), n + 1, r)));

    [Theory]
    [InlineData(1, 0.0, 0.4)]
    [InlineData(1, 0.5, 0.5)]
    [InlineData(3, 0.5, 2.0)]
    [InlineData(int.MaxValue, 0.5, 60.0)]
    public void Delay_FollowsTheFormula(int failures, double random, double seconds) =>
        Assert.Equal(seconds, BackoffDelay.Of(new RestartRule(), failures, random).TotalSeconds, 6);

    [Theory]
    [InlineData(RestartPolicy.Always, 0, typeof(RestartAfter))]
    [InlineData(RestartPolicy.Always, 1, typeof(RestartAfter))]
    [InlineData(RestartPolicy.Always, 78, typeof(GiveUp))]
    [InlineData(RestartPolicy.OnFailure, 0, typeof(StayStopped))]
    [InlineData(RestartPolicy.OnFailure, 1, typeof(RestartAfter))]
    [InlineData(RestartPolicy.Never, 0, typeof(StayStopped))]
    [InlineData(RestartPolicy.Never, 1, typeof(GiveUp))]
    public void Policy_DecidesByExitCode(RestartPolicy policy, int code, Type expected) =>
        Assert.IsType(expected, Decide(new RestartRule { Policy = policy }, RestartTally.None, new ExitCause(ExitKind.Exited, code)));

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(13)]
    public void Program_ThatCannotBeExecuted_IsNotTriedAgain(int errno) =>
        Assert.IsType<GiveUp>(Decide(new RestartRule(), RestartTally.None, new ExitCause(ExitKind.NotStarted, errno)));

    [Fact]
    public void Spawn_ThatFailedForLackOfMemory_IsTriedAgain() =>
        Assert.IsType<RestartAfter>(Decide(new RestartRule(), RestartTally.None, new ExitCause(ExitKind.NotStarted, 12)));

    [Fact]
    public void FirstFailure_OfOneThatHadBeenReady_WaitsForNothingAndTheSecondForTheFirstPause()
    {
        var first = (RestartAfter)RestartTracker.Decide(new RestartRule(), RestartTally.None, Exit1, Now, TimeSpan.FromSeconds(1), wasReady: true, 0.5);
        var second = (RestartAfter)RestartTracker.Decide(new RestartRule(), first.Tally, Exit1, Now, TimeSpan.FromSeconds(1), wasReady: true, 0.5);
        var third = (RestartAfter)RestartTracker.Decide(new RestartRule(), second.Tally, Exit1, Now, TimeSpan.FromSeconds(1), wasReady: true, 0.5);

        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)], [first.Delay, second.Delay, third.Delay]);
    }

    [Fact]
    public void FirstFailure_OfOneThatNeverWasReady_Waits() =>
        Assert.Equal(TimeSpan.FromSeconds(0.5), ((RestartAfter)Decide(new RestartRule(), RestartTally.None, Exit1)).Delay);

    [Fact]
    public void Exits_FiveInARowWithoutReady_AreACrashLoop()
    {
        var tally = RestartTally.None;
        var loops = new List<bool>();
        for (var i = 0; i < 6; i++)
        {
            // An hour apart, so that only the row counts.
            var decision = (RestartAfter)RestartTracker.Decide(new RestartRule(), tally, Exit1, Now.AddHours(i), null, wasReady: false, 0.5);
            loops.Add(decision.CrashLoop);
            tally = decision.Tally;
        }

        Assert.Equal([false, false, false, false, true, true], loops);
    }

    [Fact]
    public void Failures_FiveWithinFiveMinutesThoughReadyBetween_AreACrashLoop()
    {
        var tally = RestartTally.None;
        RestartAfter Fail(TimeSpan at)
        {
            var decision = (RestartAfter)RestartTracker.Decide(new RestartRule(), tally, Exit1, Now + at, TimeSpan.FromSeconds(1), wasReady: true, 0.5);
            tally = decision.Tally;
            return decision;
        }

        var first = Enumerable.Range(0, 5).Select(i => Fail(TimeSpan.FromSeconds(70 * i)).CrashLoop).ToList();
        Assert.Equal([false, false, false, false, true], first);
        Assert.False(Fail(TimeSpan.FromMinutes(30)).CrashLoop);
    }

    [Theory]
    [InlineData(0, "exit 0")]
    [InlineData(78 << 8, "exit 78 (EX_CONFIG)")]
    [InlineData(64 << 8, "exit 64 (EX_USAGE)")]
    [InlineData(9, "killed by SIGKILL")]
    [InlineData(11 | 0x80, "killed by SIGSEGV (core dumped)")]
    [InlineData(40, "killed by signal 40")]
    public void Cause_FromAWaitStatus_IsDecodedToWords(int status, string words) =>
        Assert.Equal(words, ExitCause.FromWaitStatus(status).Describe());

    private static RestartDecision Decide(RestartRule rule, RestartTally tally, ExitCause cause) =>
        RestartTracker.Decide(rule, tally, cause, Now, null, wasReady: false, 0.5);
}
