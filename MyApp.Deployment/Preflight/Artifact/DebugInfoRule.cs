using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class DebugInfoRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.debug-info", "The executable carries debug information", Severity.Note, Severity.Warning);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        if (facts.Binary is { DebugInfo: true })
            yield return new("build", "the executable carries debug information, which takes room and tells readers the layout of the source", "link with -s -w, or strip it");
    }
}
