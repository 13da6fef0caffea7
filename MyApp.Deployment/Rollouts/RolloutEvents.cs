namespace MyApp.Deployment.Rollouts;

/// <summary>Makes the events of a rollout's story.</summary>
public static class RolloutEvents
{
    public static RolloutEvent Entered(Rollout rollout, string message, DateTimeOffset time) => Make(rollout, RolloutEventKind.Entered, message, time);

    public static RolloutEvent Note(Rollout rollout, string message, DateTimeOffset time) => Make(rollout, RolloutEventKind.Note, message, time);

    /// <summary>The rollout as it was in the state that is now over.</summary>
    public static RolloutEvent Completed(Rollout rollout, string message, DateTimeOffset time)
    {
        var lasted = time - rollout.UpdatedAt;
        return Make(rollout, RolloutEventKind.Completed, message, time) with { Duration = lasted > TimeSpan.Zero ? lasted : TimeSpan.Zero };
    }

    private static RolloutEvent Make(Rollout rollout, RolloutEventKind kind, string message, DateTimeOffset time) => new()
    {
        Rollout = rollout.Id,
        Service = rollout.Service,
        Environment = rollout.Environment,
        Kind = kind,
        State = rollout.State,
        Time = time,
        Message = message,
    };
}
