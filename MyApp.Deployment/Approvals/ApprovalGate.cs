using MyApp.Deployment.Rollouts;

namespace MyApp.Deployment.Approvals;

/// <summary>One rule that a rollout has to satisfy, and who has signed.</summary>
/// <param name="Release">The release that has the rule.</param>
/// <param name="Given">Names, in the order they signed.</param>
public sealed record ApprovalNeed(string Release, ApprovalRule Rule, IReadOnlyList<string> Given)
{
    public bool IsMet => Given.Count >= Rule.Needed;
}

/// <summary>
/// Whether a rollout may go on. Both rules count: the new release's, and that of the release with the traffic, so that nobody ships
/// alone by shipping other rules.
/// </summary>
public sealed record ApprovalGate(IReadOnlyList<ApprovalNeed> Needs)
{
    public bool IsOpen => Needs.All(need => need.IsMet);

    /// <summary>Of a rollback nothing is asked: it moves to a release that was approved when it was new, and is in a hurry.</summary>
    public static ApprovalGate For(Rollout rollout, Release release, Release? previous, IReadOnlyList<Approval> approvals)
    {
        if (rollout.Kind == RolloutKind.Rollback)
            return new([]);
        var keys = approvals.Where(approval => approval.IsValidFor(rollout, release)).OrderBy(approval => approval.At).Select(approval => approval.Key).ToList();
        return new([.. new[] { release, previous }.OfType<Release>().Where(each => each.Approval is not null).Select(each => Need(each, keys))]);
    }

    /// <summary>E.g. <c>2 of ada, bob, eve have to sign; ada has</c>.</summary>
    public override string ToString() => string.Join("; ", Needs.Select(need =>
        $"{need.Rule} have to sign{(Needs.Count > 1 ? $" by the rule of {need.Release}" : "")}{(need.Given.Count == 0 ? "" : $"; {string.Join(", ", need.Given)} {(need.Given.Count == 1 ? "has" : "have")}")}"));

    private static ApprovalNeed Need(Release release, IReadOnlyList<string> keys) => new(
        release.Id, release.Approval!,
        [.. keys.Select(release.Approval!.NameOf).OfType<string>().Distinct(StringComparer.Ordinal)]);
}
