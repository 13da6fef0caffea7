using MyApp.Cli.Output;
using MyApp.Deployment.Builds;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>build</c>.</summary>
internal sealed record BuildReports(IReadOnlyList<BuildReport> Builds);

/// <summary>One service's build for one platform.</summary>
/// <param name="Artifact">Null where it failed.</param>
/// <param name="Failure">Null where it did not.</param>
internal sealed record BuildReport(string Service, string Platform, Artifact? Artifact, bool FromCache, IReadOnlyList<BuildNote> Steps, string? Failure)
{
    /// <summary>Null: not asked for.</summary>
    public Reproducibility? Reproducible { get; init; }

    /// <summary>Null: not asked for.</summary>
    public Advice? Advice { get; init; }

    /// <summary>Of a packed executable: what it is without packing, and with it; empty: it is not packed, or <see cref="Advice"/> tells more.</summary>
    public IReadOnlyList<Variant> Packing { get; init; } = [];

    /// <summary>What was written with <c>--out</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public void Print(Screen screen)
    {
        PrintSteps(screen, Steps);
        if (Artifact is { } made)
            PrintArtifact(screen, made);
        else
            PrintFailure(screen);
        if (Reproducible is { } reproducible)
            PrintReproducible(screen, reproducible);
        if (Advice is { } advice)
            PrintAdvice(screen, advice);
        if (Packing is [var slim, var packed])
            PrintPacking(screen, slim, packed);
    }

    public static void PrintSteps(Screen screen, IReadOnlyList<BuildNote> steps)
    {
        var table = new TextTable("STEP", "TIME", "BEFORE", "AFTER", "CHANGE", "WHAT");
        foreach (var step in steps)
            table.Add(step.Step, step.Skipped ? "skipped" : Words.Duration(step.Duration), Size(step.BytesBefore), Size(step.BytesAfter), Change(step), step.Message);
        if (steps.Count > 0)
            table.Print(screen);
    }

    private static void PrintPacking(Screen screen, Variant slim, Variant packed)
    {
        PrintVariants(screen, [slim, packed]);
        if (slim is { Start: { } quick, Memory: { } little } && packed is { Start: { } slow, Memory: { } much })
            screen.Error(
                new Styled("! ", Tone.Warning),
                $"packed: each start takes {Words.Duration(slow)} and not {Words.Duration(quick)}, and needs {Words.Bytes(much)} of memory and not {Words.Bytes(little)}");
        else
            screen.Error(new Styled("! ", Tone.Warning), "packed: each start takes longer and needs more memory, as it unpacks itself; how much is not measured");
    }

    private static void PrintAdvice(Screen screen, Advice advice)
    {
        PrintVariants(screen, advice.Variants);
        screen.Line(new Styled("→ ", Tone.Good), new Styled(advice.Recommended, Tone.Strong), $": {advice.Reason}");
    }

    private static void PrintVariants(Screen screen, IReadOnlyList<Variant> variants)
    {
        var table = new TextTable("VARIANT", "SIZE", "START", "MEMORY", "");
        foreach (var variant in variants)
            table.Add(variant.Name, Size(variant.Bytes), variant.Start is { } start ? Words.Duration(start) : "-", Size(variant.Memory), variant.Missing ?? "");
        table.Print(screen);
    }

    private void PrintArtifact(Screen screen, Artifact made)
    {
        var size = made.PlainBytes == made.Bytes ? Words.Bytes(made.Bytes) : Bytes.Change(made.PlainBytes, made.Bytes);
        screen.Line(
            new Styled("✓ ", Tone.Good), new Styled(Service, Tone.Strong), $" {size}, {made.Platform}, {(made.Static ? "static" : "dynamic")}, ",
            $"{made.ToolchainVersion}{(FromCache ? ", built before" : "")}, {made.Digest}");
        foreach (var file in Files)
            screen.Line("  ", file);
    }

    private static void PrintReproducible(Screen screen, Reproducibility reproducible)
    {
        if (reproducible.Holds)
            screen.Line(new Styled("✓ ", Tone.Good), "reproducible: a second build elsewhere gave the same bytes");
        else
            screen.Error(new Styled("✗ ", Tone.Bad), "not reproducible: a second build elsewhere gave other bytes");
        foreach (var line in reproducible.Differences)
            screen.Error("  ", line);
    }

    private void PrintFailure(Screen screen)
    {
        screen.Error(new Styled("✗ ", Tone.Bad), new Styled(Service, Tone.Strong), $" was not built for {Platform}");
        foreach (var line in (Failure ?? "").TrimEnd().Split('\n'))
            screen.Error("  ", line);
    }

    private static string Change(BuildNote step) =>
        step is { BytesBefore: { } before, BytesAfter: { } after } && before != after ? Bytes.Percent(before, after) : "";

    private static string Size(long? bytes) => bytes is { } b ? Words.Bytes(b) : "-";
}
