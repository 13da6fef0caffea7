using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class CertificateRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.certificate", "The certificate of a dependency has ended or soon will", Severity.Warning, Severity.Warning);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        foreach (var each in facts.Dependencies)
        {
            if (each.CertificateEnds is not { } ends || ends - facts.Now > TimeSpan.FromDays(14))
                continue;
            var when = ends < facts.Now ? "ended" : "ends";
            yield return new($"dependsOn[{each.Index}]", $"the certificate of {each.Name} at {each.Address} {when} on {ends:yyyy-MM-dd}", "have it renewed");
        }
    }
}
