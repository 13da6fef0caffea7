using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class PrivilegedPortRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.privileged-port", "A port is for root alone", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        foreach (var port in facts.Spec.Ports.Where(port => !facts.IsRoot && port.Port < facts.FirstFreePort))
            yield return new("port", $"only root may listen on port {port.Port}, and the guard of this machine is not", $"choose one from {facts.FirstFreePort} on, or run the guard as root");
    }
}
