using MyApp.Api.Console.Models;
using MyApp.Deployment.Rollouts;

namespace MyApp.Tests.Console;

public sealed class TimelineTests
{
    [Fact]
    public void Timeline_OfASucceededShip_HasItsStepsInOrderWithTheirDurations()
    {
        var timeline = Timeline.Of(Sample.Succeeded.Rollout, Sample.Succeeded.Events, Sample.Now);
        Assert.Equal(Enum.GetValues<RolloutState>().Where(s => s < RolloutState.Succeeded && s != RolloutState.Refreshing), timeline.Steps.Select(s => s.Name));
        Assert.All(timeline.Steps, s => Assert.Equal(StepState.Done, s.State));
        Assert.Equal(TimeSpan.FromMilliseconds(6200), timeline.Steps[1].Duration);
        Assert.Equal(TimeSpan.FromMilliseconds(40), timeline.Steps[1].Offset);
        Assert.Equal(TimeSpan.FromMilliseconds(14_095), timeline.Total);
        Assert.Equal(2, timeline.Steps[1].Notes.Count);
    }

    [Fact]
    public void Timeline_UnderWay_RunsUntilNowAndShowsWhatIsAhead()
    {
        var timeline = Timeline.Of(Sample.UnderWay.Rollout, Sample.UnderWay.Events, Sample.Now);
        var running = Assert.Single(timeline.Steps, s => s.State == StepState.Running);
        Assert.Equal(RolloutState.Starting, running.Name);
        Assert.Equal(TimeSpan.FromMinutes(2) - TimeSpan.FromMilliseconds(6685), running.Duration);
        Assert.Equal(
            [RolloutState.Verifying, RolloutState.Switching, RolloutState.Baking],
            timeline.Steps.Where(s => s.State == StepState.Ahead).Select(s => s.Name));
    }

    [Fact]
    public void Timeline_OfAFailedBuild_MarksTheStepItFailedIn()
    {
        var timeline = Timeline.Of(Sample.Broken.Rollout, Sample.Broken.Events, Sample.Now);
        Assert.Equal([StepState.Done, StepState.Failed], timeline.Steps.Select(s => s.State));
    }

    [Fact]
    public void Timeline_OfAStepResumedAfterARestart_CountsItOnce()
    {
        var view = Sample.UnderWay;
        var entered = view.Events[^1];
        var timeline = Timeline.Of(view.Rollout, [.. view.Events, entered with { Time = entered.Time.AddSeconds(30) }], Sample.Now);
        Assert.Single(timeline.Steps, s => s.Name == RolloutState.Starting);
    }

    [Fact]
    public void Timeline_OfARollback_HasNoBuildAhead()
    {
        var rollout = Sample.UnderWay.Rollout with { Kind = RolloutKind.Rollback, State = RolloutState.Pending };
        var timeline = Timeline.Of(rollout, [], Sample.Now);
        Assert.DoesNotContain(timeline.Steps, s => s.Name == RolloutState.Building);
        Assert.Equal(RolloutState.Pending, timeline.Steps[0].Name);
    }

    [Fact]
    public void Timeline_OfARefresh_HasNoOtherReleaseAhead()
    {
        var rollout = Sample.UnderWay.Rollout with { Kind = RolloutKind.Refresh, State = RolloutState.Pending };

        Assert.Equal([RolloutState.Pending, RolloutState.Preflight, RolloutState.Refreshing], Timeline.Of(rollout, [], Sample.Now).Steps.Select(step => step.Name));
    }

    [Fact]
    public void Timeline_OfARolledBackRelease_MarksTheStepThatLedToIt()
    {
        var view = Sample.Succeeded;
        var last = view.Events[^1];
        IReadOnlyList<RolloutEvent> events =
            [.. view.Events.SkipLast(1), last with { State = RolloutState.RollingBack }, last with { State = RolloutState.RolledBack, Time = last.Time.AddSeconds(3) }];
        var rollout = view.Rollout with { State = RolloutState.RolledBack, UpdatedAt = last.Time.AddSeconds(3) };
        var steps = Timeline.Of(rollout, events, Sample.Now).Steps;
        Assert.Equal(RolloutState.RollingBack, steps[^1].Name);
        Assert.Equal(StepState.Failed, steps.Single(s => s.Name == RolloutState.Baking).State);
        Assert.Equal(TimeSpan.FromSeconds(3), steps[^1].Duration);
    }

    [Fact]
    public void Timeline_WithAClockThatWentBack_HasNoNegativeTimes()
    {
        var timeline = Timeline.Of(Sample.UnderWay.Rollout, Sample.UnderWay.Events, Sample.Now.AddHours(-1));
        Assert.Equal(TimeSpan.Zero, timeline.Total);
        Assert.All(timeline.Steps, s => Assert.True(s.Offset >= TimeSpan.Zero && s.Duration is null or { Ticks: >= 0 }));
    }
}
