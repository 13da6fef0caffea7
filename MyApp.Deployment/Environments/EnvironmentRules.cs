using MyApp.Deployment.Approvals;

namespace MyApp.Deployment.Environments;

/// <summary>What holds for shipping to an environment, as a spec has it.</summary>
/// <param name="Branches">Git branches that are shipped to it, as <see cref="BranchPattern"/>; empty: nothing was written, and any may be.</param>
/// <param name="Freezes">Its own and those of what it inherits from.</param>
/// <param name="Approval">Its own, or else that of the nearest it inherits from; null: nobody has to sign.</param>
public sealed record EnvironmentRules(IReadOnlyList<string> Branches, IReadOnlyList<FreezeWindow> Freezes, ApprovalRule? Approval = null)
{
    public static EnvironmentRules None { get; } = new([], []);

    /// <summary>The branches that are shipped to it, written or built in.</summary>
    public IReadOnlyList<string> Patterns(string environment) => Branches.Count > 0 ? Branches : BuiltInEnvironments.BranchesOf(environment);

    public bool Takes(string branch) => Branches.Count == 0 || Branches.Any(pattern => BranchPattern.Matches(pattern, branch));
}
