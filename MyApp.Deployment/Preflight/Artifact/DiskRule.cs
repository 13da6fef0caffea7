using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class DiskRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("host.disk", "There is no room for two releases", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        const int releases = 2;
        if (facts.FreeBytes < facts.Bytes * releases)
            yield return new("build", $"{Builds.Bytes.Text(facts.FreeBytes.Value)} are free on the disk for releases, and two of {Builds.Bytes.Text(facts.Bytes)} must fit", "make room");
    }
}
