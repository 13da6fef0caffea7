using MyApp.Deployment.Environments;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

/// <summary>Nothing new is to be shipped now. Moving back to a release that was there is no ship, and is always possible.</summary>
internal sealed class FreezeRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("environment.freeze", "The environment is frozen", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(HostFacts facts) => facts.Spec.Rules.Freezes
        .Where(window => window.Holds(facts.Now))
        .Select(window => new Complaint(
            $"environments.{window.Environment}.freeze", $"{facts.Spec.Environment} is frozen until {FreezeWindow.Shown(window.Until)}: {window.Reason}",
            "wait, or accept environment.freeze with a reason; a rollback is possible at any time"));
}
