using MyApp.Deployment.Builds;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

/// <summary>The work of a rollout that gives the release with the traffic the values of now, without another process of it.</summary>
internal sealed class RefreshSteps(IDriver driver, ReleaseMaker maker, RolloutOptions options, TimeProvider clock)
{
    private readonly TargetAccess target = new(options, clock);

    /// <returns>The release as it would be made now, or why its instances can't get its values while they run.</returns>
    public async Task<(Release? Wanted, string? Refusal)> MakeAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        var draft = await maker(rollout, new Progress<BuildNote>(), ct);
        if (draft is ReleaseDraft.Refused refused)
            return (null, refused.Reason);
        var wanted = ((ReleaseDraft.Made)draft).Make(new(release.Id, release.Number));
        return RefreshObstacle.Of(release, wanted.Unit, wanted.Approval) is { } obstacle ? (null, obstacle) : (wanted, null);
    }

    public async Task<RolloutOutcome> RunAsync(Rollout rollout, Release release, CancellationToken ct)
    {
        // Made once more: what it was checked with is kept nowhere, and another process may have done that.
        var (wanted, refusal) = await MakeAsync(rollout, release, ct);
        if (wanted is null)
            return RolloutOutcome.Failed(rollout, refusal!);
        var revision = ConfigDrift.RevisionOf(wanted.Unit);
        await target.TellAsync(() => driver.RefreshAsync(wanted, revision, ct), ct);
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) <= Patience(wanted.Unit); await Task.Delay(options.Poll, clock, ct))
        {
            if (await target.AskAsync(() => driver.ReadAsync(release.Service, release.Environment, release.Id, ct), ct) is not { } status)
                return RolloutOutcome.Failed(rollout, $"{release.Id} is not there any more");
            if (Ending(rollout, status.Values, revision) is { } ending)
                return ending;
        }

        return RolloutOutcome.Failed(rollout, $"not every instance of {release.Id} had the values within {Patience(wanted.Unit).TotalSeconds:0} s; the guard goes on");
    }

    // Null: it is still under way.
    private static RolloutOutcome? Ending(Rollout rollout, ValuesStatus? values, string revision) => values switch
    {
        { Problem: { } problem } when values.Asked == revision => RolloutOutcome.Failed(rollout, $"the instances have their earlier values again: {problem}"),
        { Asked: null } when values.Revision == revision => RolloutOutcome.Done(rollout, "read back: every instance has the values, and stayed as it was"),
        _ => null,
    };

    // Another refresh may have to end first.
    private TimeSpan Patience(Unit unit) => (2 * unit.Replicas * (RefreshRule.Watched(unit) + (unit.Startup?.Budget ?? TimeSpan.Zero))) + options.VerifyMargin;
}
