using System.Collections.Concurrent;
using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Rollouts;

/// <summary>Passes everything on and remembers which step each rollout came to.</summary>
internal sealed class LastStep(IRolloutWatcher next) : IRolloutWatcher
{
    private readonly ConcurrentDictionary<Guid, RolloutState> steps = new();

    public RolloutState Of(Guid rollout) => steps.GetValueOrDefault(rollout, RolloutState.Pending);

    public void OnEvent(RolloutEvent happened)
    {
        if (!happened.State.IsFinal())
            steps[happened.Rollout] = happened.State;
        next.OnEvent(happened);
    }

    public void OnReconnecting(string reason) => next.OnReconnecting(reason);
}
