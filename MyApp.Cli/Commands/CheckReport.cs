using MyApp.Cli.Output;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Targets;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>check</c>.</summary>
internal sealed record CheckReport(string Environment, IReadOnlyList<CheckedFinding> Findings)
{
    public int Errors => Findings.Count(each => each.Level == Severity.Error);

    public int Warnings => Findings.Count(each => each.Level == Severity.Warning);

    public void Print(Screen screen)
    {
        foreach (var each in Findings.OrderByDescending(each => each.Level))
        {
            var tone = each.Level switch { Severity.Error => Tone.Bad, Severity.Warning => Tone.Warning, _ => Tone.Faint };
            screen.Line(new Styled($"{each.Level.ToString().ToLowerInvariant()} {each.Rule}", tone), $" {each.Service}: {(each.At is { } at ? $"{at}: " : "")}{each.Message}");
            if (each.Fix is { } fix)
                screen.Line(new Styled($"  {fix} ({each.Help})", Tone.Faint));
        }

        screen.Line($"{Environment}: {Words.Count(Errors, "error")}, {Words.Count(Warnings, "warning")}, {Words.Count(Findings.Count - Errors - Warnings, "note")}");
    }
}

/// <param name="At"><c>file:line:column</c>; null: nothing was written, a default applies.</param>
internal sealed record CheckedFinding(string Service, string Rule, Severity Level, string? At, string Path, string Message, string? Fix, string Help)
{
    public static CheckedFinding Of(string service, Finding finding) =>
        new(service, finding.Rule, finding.Level, finding.Origin?.ToString(), finding.Path, finding.Message, finding.Fix, finding.Help);
}

/// <summary>A rule, as <c>check --rules</c> lists it.</summary>
internal sealed record RuleView(string Id, string Title, Severity InProd, Severity Elsewhere, bool Acceptable, string Help);
