using MyApp.Deployment.Targets;
using MyApp.Deployment.Builds;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class ArchitectureRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.architecture", "The executable is for another machine", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        var native = Platforms.Native[(Platforms.Native.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (facts.Elf is { } elf && elf.Architecture != native)
            yield return new("build", $"the executable is for {elf.Architecture}, and this machine is {native}", $"build it for linux/{native}");
    }
}
