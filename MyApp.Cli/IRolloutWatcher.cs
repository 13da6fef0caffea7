using MyApp.Deployment.Rollouts;

namespace MyApp.Cli;

/// <summary>Is told how a rollout goes. Several rollouts may tell one watcher at once.</summary>
internal interface IRolloutWatcher
{
    void OnEvent(RolloutEvent happened);

    /// <summary>The connection was lost; the rollout is not affected.</summary>
    void OnReconnecting(string reason);
}
