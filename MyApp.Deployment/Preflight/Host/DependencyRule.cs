using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class DependencyRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.dependency", "A dependency can not be reached", Severity.Warning, Severity.Warning);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        foreach (var each in facts.Dependencies.Where(each => each.Trouble is not null))
            yield return new($"dependsOn[{each.Index}]", $"{each.Name} at {each.Address} can not be reached: {each.Trouble}", each.Resolved ? "start it, or look at the address and the firewall" : "look at the name, and at /etc/resolv.conf");
    }
}
