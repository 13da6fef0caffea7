namespace MyApp.Api.Rollouts;

/// <summary>Section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>After this long without a sign of life a rollout is taken over. By the database's clock.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often to look for work unasked; the wake-up through Redis is only faster.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often to look at a rollout that waits for people, who call it when they have signed; it fails when they take too long.</summary>
    public TimeSpan Rest { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Rollouts one replica runs at once. They mostly wait, for builds, targets and probes; a rollback must not wait for the builds of others.</summary>
    public int Parallel { get; set; } = 16;
}
