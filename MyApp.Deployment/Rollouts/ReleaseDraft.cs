using MyApp.Deployment.Builds;

namespace MyApp.Deployment.Rollouts;

/// <summary>What came of a rollout's source.</summary>
public abstract record ReleaseDraft
{
    private ReleaseDraft()
    {
    }

    /// <param name="Make">Gives the release, once it has its number.</param>
    /// <param name="Warnings">One line each.</param>
    public sealed record Made(Func<ReleaseNumber, Release> Make, IReadOnlyList<string> Warnings) : ReleaseDraft;

    public sealed record Refused(string Reason) : ReleaseDraft;
}

/// <summary>Builds the source of a rollout.</summary>
/// <param name="notes">Told each step of the build when it is over.</param>
public delegate Task<ReleaseDraft> ReleaseMaker(Rollout rollout, IProgress<BuildNote> notes, CancellationToken ct);
