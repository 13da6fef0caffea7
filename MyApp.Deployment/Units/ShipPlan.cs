using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Units;

/// <summary>What shipping a folder would do, found without building or touching anything.</summary>
/// <param name="Unit">With the next release's number not known yet: its release is <c>{service}-{environment}-next</c>.</param>
/// <param name="Toolchain">Null where it can't be told; the diagnostics then say so.</param>
/// <param name="Capabilities">Of the target, field by field.</param>
public sealed record ShipPlan(Unit Unit, IReadOnlyList<Diagnostic> Diagnostics, string? Toolchain, IReadOnlyList<Capability> Capabilities)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error);
}
