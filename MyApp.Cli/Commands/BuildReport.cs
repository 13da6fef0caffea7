using MyApp.Cli.Output;
using MyApp.Deployment.Builds;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>build</c>.</summary>
internal sealed record BuildReports(IReadOnlyList<BuildReport> Builds);

/// <summary>One service's build.</summary>
/// <param name="Artifact">Null where it failed.</param>
/// <param name="Failure">Null where it did not.</param>
internal sealed record BuildReport(string Service, Artifact? Artifact, bool FromCache, IReadOnlyList<BuildNote> Steps, string? Failure)
{
    public void Print(Screen screen)
    {
        var table = new TextTable("STEP", "TIME", "BEFORE", "AFTER", "WHAT");
        foreach (var step in Steps)
            table.Add(step.Step, step.Skipped ? "skipped" : Words.Duration(step.Duration), Size(step.BytesBefore), Size(step.BytesAfter), step.Message);
        if (Steps.Count > 0)
            table.Print(screen);
        if (Artifact is { } made)
            screen.Line(
                new Styled("✓ ", Tone.Good), new Styled(Service, Tone.Strong), $" {Words.Bytes(made.Bytes)}, {made.Platform}, {(made.Static ? "static" : "dynamic")}, ",
                $"{made.ToolchainVersion}{(FromCache ? ", built before" : "")}, {made.Digest}");
        else
            PrintFailure(screen);
    }

    private void PrintFailure(Screen screen)
    {
        screen.Error(new Styled("✗ ", Tone.Bad), new Styled(Service, Tone.Strong), " was not built");
        foreach (var line in (Failure ?? "").TrimEnd().Split('\n'))
            screen.Error("  ", line);
    }

    private static string Size(long? bytes) => bytes is { } b ? Words.Bytes(b) : "-";
}
