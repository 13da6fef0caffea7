using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class PortRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.port", "A port is taken", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        foreach (var (port, owner) in facts.PortOwners)
            yield return new("port", $"port {port} is taken by {owner}", "stop it, or choose another port");
    }
}
