using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Units;

/// <param name="Unit">What would run. With an error among the diagnostics it must not.</param>
public sealed record CompiledUnit(Unit Unit, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error);
}
