using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class SocketRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.socket", "Two releases can't run side by side, so each ship is an outage", Severity.Warning, Severity.Warning);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Socket == SocketMode.None && facts.Ports.Count > 0 && facts.Job is null)
            yield return new("socket", "with socket: none two releases can't run side by side: stop the service before each ship", "socket: forward");
    }
}
