using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class SecretRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.secret", "A secret that the service refers to is not there", Severity.Error, Severity.Error, Acceptable: false);

    public IEnumerable<Complaint> Check(HostFacts facts) => facts.MissingSecrets.Select(missing => new Complaint(
        missing.Path, $"{missing.Path} needs the secret {missing.Name}, which {facts.Spec.Environment} does not have", $"myapp secrets set {missing.Name} --env {facts.Spec.Environment}"));
}
