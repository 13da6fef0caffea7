using MyApp.Deployment.Targets;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Artifact;

internal sealed class StaticRule : IPreflightRule<ArtifactFacts>
{
    public RuleAbout About { get; } = new("artifact.static", "The executable needs a loader and libraries of the machine", Severity.Note, Severity.Note);

    public IEnumerable<Complaint> Check(ArtifactFacts facts)
    {
        if (facts.Binary?.Interpreter is { } loader && facts.Spec.Build.Toolchain != BuildSpec.Dotnet)
            yield return new("build", $"the executable is not static: it needs {loader} and libraries of the machine it runs on", "for Go, leave out what needs cgo");
    }
}
