namespace MyApp.Deployment.Rollouts;

public sealed record RolloutOptions
{
    /// <summary>The new release must stay well this long after it got the traffic. Default 3 s.</summary>
    public TimeSpan Bake { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a target that does not answer is asked again before the rollout fails. Default 60 s.</summary>
    public TimeSpan TargetPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Beyond the startup budget, for the target's own rounds. Default 10 s.</summary>
    public TimeSpan VerifyMargin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a rollout waits for people to sign before it fails. Default 24 h.</summary>
    public TimeSpan ApprovalPatience { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Between two looks at the target. Default 200 ms.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(200);
}
