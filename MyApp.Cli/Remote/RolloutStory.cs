using MyApp.Deployment.Rollouts;

namespace MyApp.Cli.Remote;

/// <summary>Tells a watcher each event once and in order, however often and from wherever it arrives.</summary>
internal sealed class RolloutStory(IRolloutWatcher watcher)
{
    private long last;

    /// <summary>True where the event says that the rollout came to an end.</summary>
    public bool Tell(RolloutEvent? happened)
    {
        if (happened is null || happened.Sequence <= last)
            return false;
        last = happened.Sequence;
        watcher.OnEvent(happened);
        return happened.Kind == RolloutEventKind.Entered && happened.State.IsFinal();
    }
}
