namespace MyApp.Api.Builds;

/// <summary>Section <c>Builds</c>.</summary>
internal sealed class BuildOptions
{
    public const string Section = "Builds";

    /// <summary>Builds one replica runs at once; each may compile for two platforms at a time.</summary>
    public int Parallel { get; set; } = 2;

    /// <summary>Builds that may wait; more are refused. Those of rollouts are not counted and never refused.</summary>
    public int MostQueued { get; set; } = 100;

    /// <summary>From a build's begin, for all its platforms together; then it has failed.</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Lines of a build's log that are kept; of the rest only their number.</summary>
    public int MostLines { get; set; } = 20_000;

    /// <summary>How long a build that is over is known, with its log. Releases, and what they were made of, stay.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(30);

    /// <summary>After this long without a sign of life a build is begun anew by another replica. By the database's clock.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often to look for builds unasked.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);
}
