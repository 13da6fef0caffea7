using System.Text.Json;
using MyApp.Cli.Output;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>plan</c>.</summary>
internal sealed record PlanReports(IReadOnlyList<PlanReport> Services);

/// <summary>One service's plan.</summary>
/// <param name="Toolchain">Null where none was recognised.</param>
internal sealed record PlanReport(
    string Target, string? Toolchain, Unit Unit, IReadOnlyList<Capability> Capabilities, IReadOnlyList<Diagnostic> Diagnostics)
{
    public static PlanReport Of(ShipPlan plan, string target) => new(target, plan.Toolchain, plan.Unit, plan.Capabilities, plan.Diagnostics);

    public void Print(Screen screen)
    {
        screen.Line(new Styled(Unit.Service, Tone.Strong), $" in {Unit.Environment} on {Target}, built with {Toolchain ?? "?"}");
        screen.Line("");
        PrintUnit(screen);
        screen.Line("");
        PrintCapabilities(screen);
        screen.Line("");
        foreach (var diagnostic in Diagnostics.OrderByDescending(d => d.Severity))
            screen.Line(new Styled(DiagnosticText.Line(diagnostic), ToneOf(diagnostic.Severity)));
    }

    // Flattened from its written form, so that a new field of the Unit is shown without a word here.
    private void PrintUnit(Screen screen)
    {
        var table = new TextTable("FIELD", "VALUE");
        foreach (var (path, value) in Flatten("", JsonSerializer.SerializeToElement(Unit, UnitJson.Default.Unit)))
            table.Add(path, value);
        table.Print(screen);
    }

    private void PrintCapabilities(Screen screen)
    {
        var table = new TextTable("FIELD", Target.ToUpperInvariant(), "HOW");
        foreach (var capability in Capabilities)
            table.Add(capability.Field, new(capability.Support.ToString().ToLowerInvariant(), ToneOf(capability.Support)), capability.Note);
        table.Print(screen);
    }

    private static IEnumerable<(string Path, string Value)> Flatten(string path, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Flatten(path.Length == 0 ? p.Name : $"{path}.{p.Name}", p.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Flatten($"{path}[{i}]", item)),
        JsonValueKind.String => [(path, value.GetString()!)],
        _ => [(path, value.GetRawText())],
    };

    private static Tone ToneOf(Severity severity) => severity switch { Severity.Error => Tone.Bad, Severity.Warning => Tone.Warning, _ => Tone.Faint };

    private static Tone ToneOf(FieldSupport support) => support switch { FieldSupport.Lost => Tone.Bad, FieldSupport.Emulated => Tone.Warning, _ => Tone.Good };
}
