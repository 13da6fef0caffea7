using MyApp.Guard.Fleet;
using MyApp.Tests.Support;

namespace MyApp.Tests.Guard.Fleet;

public sealed class DueTimerTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private readonly List<(DateTimeOffset At, DateTimeOffset Due)> elapsed = [];
    private readonly DueTimer timer;

    public DueTimerTests() => timer = new DueTimer(clock, (at, due) => elapsed.Add((at, due)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => timer.DisposeAsync();

    [Fact]
    public void Elapsed_OnItsWayForWhatWasDueBefore_IsNotOneOfWhatIsDueNow()
    {
        Arm(TimeSpan.Zero);
        var due = Arm(TimeSpan.FromSeconds(3));

        clock.FireEarly();

        Assert.Empty(elapsed);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([(due, due)], elapsed);
    }

    [Fact]
    public void Retry_BeforeItIsDue_ComesWhenItIs()
    {
        var due = Arm(TimeSpan.FromSeconds(10));

        timer.Retry(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(9));

        Assert.Empty(elapsed);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(due, due)], elapsed);
    }

    [Fact]
    public void Retry_OfWhatIsDue_ComesAgain()
    {
        var due = Arm(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));

        timer.Retry(TimeSpan.FromSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([(due, due), (due + TimeSpan.FromSeconds(1), due)], elapsed);
    }

    [Fact]
    public void Elapsed_OfATimeOfDay_ComesWithItHoweverFarItIs()
    {
        var due = clock.GetUtcNow().AddMinutes(2);
        timer.Arm(due, TimeSpan.Zero, followsClock: true);

        clock.Advance(TimeSpan.FromSeconds(119));

        Assert.Empty(elapsed);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(due, due)], elapsed);
    }

    private DateTimeOffset Arm(TimeSpan wait)
    {
        var due = clock.GetUtcNow() + wait;
        timer.Arm(due, wait, followsClock: false);
        return due;
    }
}
