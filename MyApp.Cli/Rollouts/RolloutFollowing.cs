using MyApp.Cli.Output;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>Follows the rollouts a command has started to their ends, all at once, and says how they ended.</summary>
internal sealed class RolloutFollowing(Invocation call, IControl control)
{
    public async Task<IReadOnlyList<RolloutOutcome>> RunAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
    {
        try
        {
            var steps = new Dictionary<Guid, RolloutState>();
            var ended = call.Screen.IsLive ? await FollowLiveAsync(rollouts, steps, ct) : await FollowAsync(rollouts, Plain(rollouts), steps, ct);
            return await Task.WhenAll(ended.Select(r => OutcomeAsync(r, steps[r.Id], ct)));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Detach(rollouts);
            throw;
        }
    }

    private PlainProgress Plain(IReadOnlyList<Rollout> rollouts) => new(call.Screen, call.Host.Clock, rollouts.Count > 1);

    private async Task<Rollout[]> FollowLiveAsync(IReadOnlyList<Rollout> rollouts, Dictionary<Guid, RolloutState> steps, CancellationToken ct)
    {
        await using var live = new LiveProgress(call.Screen, call.Host.Clock);
        return await FollowAsync(rollouts, live, steps, ct);
    }

    private async Task<Rollout[]> FollowAsync(
        IReadOnlyList<Rollout> rollouts, IRolloutWatcher watcher, Dictionary<Guid, RolloutState> steps, CancellationToken ct)
    {
        var last = new LastStep(watcher);
        var ended = await Task.WhenAll(rollouts.Select(r => control.FollowAsync(r, last, ct)));
        foreach (var rollout in ended)
            steps[rollout.Id] = last.Of(rollout.Id);
        return ended;
    }

    private async Task<RolloutOutcome> OutcomeAsync(Rollout rollout, RolloutState step, CancellationToken ct)
    {
        var url = rollout.State == RolloutState.Succeeded ? (await control.ReadServiceAsync(rollout.Service, rollout.Environment, ct)).Url : null;
        return RolloutOutcome.Of(rollout, step, url);
    }

    private void Detach(IReadOnlyList<Rollout> rollouts)
    {
        foreach (var rollout in rollouts)
        {
            if (control.HowToFollow(rollout) is { } how)
                call.Screen.Error(new Styled(rollout.Service, Tone.Strong), " is still being rolled out; follow it at ", how);
            else
                call.Screen.Error(new Styled(rollout.Service, Tone.Strong), " was left in the middle; the same command goes on where it stopped");
        }
    }
}
