using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class UserRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.user", "The user it is to run as does not exist", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        if (facts.UserExists is false)
            yield return new("run.user", $"this machine has no user {facts.Spec.Run.User}", "make it, or remove run.user: the service gets a user of its own");
    }
}
