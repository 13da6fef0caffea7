using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class ReadinessRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.readiness", "There is no readiness probe, so a rolling update can't tell when an instance may get traffic", Severity.Warning, Severity.Warning);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Ports.Count > 0 && facts.Job is null && facts.Health.Readiness is null)
            yield return new("health.readiness", "no readiness probe: an instance that can't serve keeps getting traffic", "health: { readiness: { http: /health/ready } }");
    }
}
