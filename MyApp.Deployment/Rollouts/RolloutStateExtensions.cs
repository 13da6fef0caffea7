namespace MyApp.Deployment.Rollouts;

public static class RolloutStateExtensions
{
    /// <summary>Nothing follows it.</summary>
    public static bool IsFinal(this RolloutState state) =>
        state is RolloutState.Succeeded or RolloutState.RolledBack or RolloutState.Failed or RolloutState.Cancelled;
}
