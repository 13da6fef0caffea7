using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Builds;

/// <summary>What came of a request about a build.</summary>
internal abstract record BuildOutcome
{
    private BuildOutcome()
    {
    }

    internal sealed record Accepted(BuildView Build) : BuildOutcome;

    internal sealed record Invalid(IReadOnlyList<string> Problems) : BuildOutcome;

    internal sealed record UnknownSource(string Source) : BuildOutcome;

    internal sealed record Unknown : BuildOutcome;

    internal sealed record QueueFull(int Most) : BuildOutcome;

    /// <summary>It is over.</summary>
    internal sealed record TooLate(BuildView Build) : BuildOutcome;
}
