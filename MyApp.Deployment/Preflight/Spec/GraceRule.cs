using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class GraceRule : IPreflightRule<ServiceSpec>
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    public RuleAbout About { get; } = new("spec.grace", "The grace period is shorter than drain + 5s", Severity.Warning, Severity.Warning);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Stop.Grace < facts.Stop.Drain + Margin)
            yield return new("stop", "the grace period is shorter than drain + 5s: requests may be cut off", "make stop.grace longer");
    }
}
