using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>One way to ship an executable, measured.</summary>
/// <param name="Name"><c>plain</c>, <c>slim</c> or <c>packed</c>.</param>
/// <param name="Bytes">Of the file; null: it was not made.</param>
/// <param name="Start">From its start to the first connection it accepts; null: not measured.</param>
/// <param name="Memory">Resident bytes at that moment; null: not measured.</param>
/// <param name="Missing">Why something is not measured; null: everything is.</param>
public sealed record Variant(string Name, long? Bytes, TimeSpan? Start, long? Memory, string? Missing);

/// <summary>What leaving out and packing bring, and what they cost.</summary>
/// <param name="Recommended">Name of a variant.</param>
public sealed record Advice(IReadOnlyList<Variant> Variants, string Recommended, string Reason)
{
    private const string Plain = "plain";
    private const string Slim = "slim";
    private const string Packed = "packed";

    // What packing may cost in start and memory to be worth a smaller file.
    private const double Bearable = 1.1;

    /// <summary>Builds the three and runs each as the service would, on a port of its own.</summary>
    /// <param name="request">For this machine's platform.</param>
    public static async Task<Advice> MeasureAsync(DataPaths paths, TimeProvider clock, ServiceSpec spec, BuildRequest request, CancellationToken ct)
    {
        var unpacked = request with { Build = request.Build with { Upx = null } };
        (string Name, BuildRequest Request)[] wanted =
            [(Plain, unpacked with { Plain = true }), (Slim, unpacked), (Packed, request with { Build = request.Build with { Upx = request.Build.Upx ?? "on" } })];
        var variants = new List<Variant>();
        foreach (var (name, build) in wanted)
            variants.Add(await MeasureAsync(paths, clock, spec, name, build, ct));
        return Choose(variants);
    }

    /// <summary>What packing brings and costs: the executable without it, and as it was packed, each run as the service would.</summary>
    /// <param name="packed">Made of <paramref name="request"/>.</param>
    public static async Task<IReadOnlyList<Variant>> OfPackingAsync(
        DataPaths paths, TimeProvider clock, ServiceSpec spec, BuildRequest request, Artifact packed, CancellationToken ct)
    {
        var slim = await MeasureAsync(paths, clock, spec, Slim, request with { Build = request.Build with { Upx = null } }, ct);
        var (start, memory, missing) = await StartMeasure.OfAsync(paths, spec, packed, clock, ct);
        return [slim, new(Packed, packed.Bytes, start, memory, missing)];
    }

    /// <summary>Slim wherever it is no larger; packed only where start and memory stay nearly the same.</summary>
    internal static Advice Choose(IReadOnlyList<Variant> variants)
    {
        var (plain, slim, packed) = (variants.Single(v => v.Name == Plain), variants.Single(v => v.Name == Slim), variants.Single(v => v.Name == Packed));
        if (packed is { Bytes: { } small, Start: { } start, Memory: { } memory } && slim is { Bytes: { } size, Start: { } first, Memory: { } resident }
            && small < size && start <= first * Bearable && memory <= resident * Bearable)
            return new(variants, Packed, "packing makes the file smaller and costs next to nothing here");
        if (slim.Bytes is { } left && plain.Bytes is { } whole && left > whole)
            return new(variants, Plain, "leaving symbols out does not make it smaller");
        return new(variants, Slim, packed.Bytes is null
            ? "it is the smaller file and does the same"
            : "it is the smaller file and does the same; packing costs start or memory each time for a file that is read once");
    }

    private static async Task<Variant> MeasureAsync(DataPaths paths, TimeProvider clock, ServiceSpec spec, string name, BuildRequest request, CancellationToken ct)
    {
        var result = await new BuildPipeline(paths, clock).RunAsync(request, new Unheard<BuildNote>(), ct);
        if (result.Artifact is not { } artifact)
            return new(name, null, null, null, $"it was not built: {result.Failure}");
        if (name == Packed && !artifact.Packed)
            return new(name, null, null, null, result.Steps.Single(step => step.Step == Steps.PackStep.Program).Message);
        var (start, memory, missing) = await StartMeasure.OfAsync(paths, spec, artifact, clock, ct);
        return new(name, artifact.Bytes, start, memory, missing);
    }
}
