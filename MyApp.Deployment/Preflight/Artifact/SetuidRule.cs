using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class SetuidRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.setuid", "The executable has a setuid or setgid bit", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        if ((facts.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0)
            yield return new("build", "the executable has a setuid or setgid bit: whoever runs it becomes its owner", "chmod u-s,g-s");
    }
}
