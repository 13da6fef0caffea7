using MyApp.Deployment.Targets;
using MyApp.Deployment.Builds;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class ArchitectureRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.architecture", "The executable is for another machine", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        if (facts.Binary is { } binary && binary.Platform != Platforms.Native)
            yield return new("build", $"the executable is for {binary.Platform}, and this machine is {Platforms.Native}", $"build it for {Platforms.Native}");
    }
}
