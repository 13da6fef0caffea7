using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class TargetRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.target", "The target is not one that this version deploys to", Severity.Error, Severity.Error, Acceptable: false);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Target != GuardCapabilities.Target)
            yield return new("target", $"the target '{facts.Target}' is not there yet", "target: guard");
    }
}
