using MyApp.Hosting.Engine.Execution;

namespace MyApp.Tests.Hosting.Engine;

public sealed class RestartBackoffTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(78)]
    [InlineData(126)]
    [InlineData(127)]
    public void Exit_ThatARestartCannotHelp_IsFinal(int exitCode) =>
        Assert.Null(new RestartBackoff(() => 0.5).After(exitCode, TimeSpan.Zero));

    [Fact]
    public void Crashes_InARow_DoubleTheDelayUpToTheCap()
    {
        var backoff = new RestartBackoff(() => 0.5);
        var delays = Enumerable.Range(0, 9).Select(_ => backoff.After(1, TimeSpan.Zero)!.Value.TotalSeconds);
        Assert.Equal([0.5, 1, 2, 4, 8, 16, 32, 60, 60], delays);
    }

    [Fact]
    public void Crash_AfterTwoMinutesOfReadiness_BeginsAgain()
    {
        var backoff = new RestartBackoff(() => 0.5);
        backoff.After(1, TimeSpan.Zero);
        backoff.After(1, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromSeconds(0.5), backoff.After(137, TimeSpan.FromSeconds(120)));
    }

    [Theory]
    [InlineData(0, 0.4)]
    [InlineData(1, 0.6)]
    public void Delay_VariesByAFifth(double random, double seconds) =>
        Assert.Equal(seconds, new RestartBackoff(() => random).After(1, TimeSpan.Zero)!.Value.TotalSeconds, precision: 6);
}
