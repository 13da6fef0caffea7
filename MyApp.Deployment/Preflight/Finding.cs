using MyApp.Deployment.Layering;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight;

/// <summary>What preflight says of a service, judged for its environment.</summary>
/// <param name="Level">Error stops; a warning is recorded; a note is only told.</param>
/// <param name="Path">Of the key in the spec, e.g. <c>run.env.GIN_MODE</c>.</param>
/// <param name="Origin">Where that was written; null: nowhere, a default applies.</param>
/// <param name="Fix">What to write or do instead; null where the message says it all.</param>
/// <param name="Help">Where the rule is explained.</param>
public sealed record Finding(string Rule, Severity Level, string Message, string Path, Origin? Origin, string? Fix, string Help)
{
    public string ToLine() => DiagnosticText.Line(ToDiagnostic());

    public Diagnostic ToDiagnostic() => new(Level, Rule, Origin is { } origin ? $"{origin}: {Message}" : Message, Fix);
}
