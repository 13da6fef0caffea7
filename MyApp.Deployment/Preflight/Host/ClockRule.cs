using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class ClockRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.clock", "Nobody keeps the clock of the machine right", Severity.Note, Severity.Warning);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        if (facts.ClockIsKept is false)
            yield return new("", "nobody keeps the clock of this machine right: certificates, leases and logs depend on it", "run chrony or systemd-timesyncd");
    }
}
