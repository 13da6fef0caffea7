using MyApp.Deployment.Approvals;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Environments;

/// <summary>An environment as one service's spec has it.</summary>
/// <param name="Written">The spec has an overlay for it; without one it is built in.</param>
/// <param name="Inherits">The nearest first.</param>
/// <param name="Branches">Which <c>ship --branch</c> takes to it.</param>
/// <param name="Enforced">The spec has the branches written, so that no other is shipped to it.</param>
/// <param name="Strict">The levels of prod hold.</param>
/// <param name="Frozen">Nothing new is shipped to it now.</param>
/// <param name="Approval">Who has to sign; null: nobody.</param>
public sealed record EnvironmentView(
    string Name, string Service, bool Written, IReadOnlyList<string> Inherits, IReadOnlyList<string> Branches, bool Enforced, bool Strict, bool Frozen, IReadOnlyList<FreezeWindow> Freezes,
    ApprovalRule? Approval)
{
    /// <param name="name">One that the spec does not refuse.</param>
    /// <exception cref="ArgumentException">The spec has no such service.</exception>
    public static EnvironmentView Of(SpecFile file, string service, string name, DateTimeOffset now)
    {
        var spec = file.Find(service, name) ?? throw new ArgumentException($"no service '{service}' in {file.FileName}", nameof(service));
        return new(
            name, service, file.Environments.Contains(name), spec.Inherits, spec.Rules.Patterns(name), spec.Rules.Branches.Count > 0, spec.IsFor(RuleAbout.Prod),
            spec.Rules.Freezes.Any(window => window.Holds(now)), spec.Rules.Freezes, spec.Rules.Approval);
    }

    /// <summary>Until when nothing is shipped to it, or from when on nothing will be: <c>until 2027-01-04 00:00Z</c>; null: never.</summary>
    public string? FrozenWhen(DateTimeOffset now) => Freezes.Where(window => window.Holds(now)).MaxBy(window => window.Until) is { } held
        ? $"until {FreezeWindow.Shown(held.Until)}"
        : Freezes.Where(window => window.From > now).MinBy(window => window.From) is { } next ? $"from {FreezeWindow.Shown(next.From)}" : null;
}
