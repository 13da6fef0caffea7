using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class RootRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.root", "It runs as root", Severity.Warning, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Run.User == "root")
            yield return new("run.user", "runs as root", "remove run.user: the service gets a user of its own");
    }
}
