using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class WritableRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.world-writable", "Everybody on the machine may change the executable", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        if ((facts.Mode & UnixFileMode.OtherWrite) != 0)
            yield return new("build", "everybody on the machine may change the executable", "chmod o-w");
    }
}
