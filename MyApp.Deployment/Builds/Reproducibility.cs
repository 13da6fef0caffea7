using ELFSharp.ELF;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>Whether a build gives the same bytes again.</summary>
/// <param name="First">Digest of the one build.</param>
/// <param name="Second">Of the other, made in another folder and without any compiled package of the first; null: it failed.</param>
/// <param name="Differences">One line each; empty: none.</param>
public sealed record Reproducibility(string First, string? Second, IReadOnlyList<string> Differences)
{
    public bool Holds => First == Second;

    /// <summary>Builds once more and compares with what was built.</summary>
    public static async Task<Reproducibility> CheckAsync(
        DataPaths paths, TimeProvider clock, BuildRequest request, Artifact built, IProgress<BuildNote> notes, CancellationToken ct)
    {
        var again = await new BuildPipeline(paths, clock).RunAsync(request with { Fresh = true }, notes, ct);
        if (again.Artifact is not { } second)
            return new(built.Digest, null, [$"the second build failed: {again.Failure}"]);
        if (second.Digest == built.Digest)
            return new(built.Digest, second.Digest, []);
        var store = new ArtifactStore(paths.Artifacts);
        try
        {
            return new(built.Digest, second.Digest, Compare(store.PathOf(built.Digest), store.PathOf(second.Digest)));
        }
        finally
        {
            // No record names it, so nothing else would ever remove it.
            if (!store.IsPinned(second.Digest))
                store.Remove(second.Digest);
        }
    }

    /// <summary>Where two files differ: their sizes, the first byte, and of ELF the sections.</summary>
    internal static IReadOnlyList<string> Compare(string first, string second)
    {
        var (a, b) = (File.ReadAllBytes(first), File.ReadAllBytes(second));
        var lines = new List<string>();
        if (a.Length != b.Length)
            lines.Add($"size: {a.Length} and {b.Length} bytes");
        var same = a.AsSpan().CommonPrefixLength(b);
        if (same < Math.Max(a.Length, b.Length))
            lines.Add($"first difference at byte {same} (0x{same:x})");
        lines.AddRange(Sections(first, second));
        return lines;
    }

    private static IEnumerable<string> Sections(string first, string second)
    {
        if (!ELFReader.TryLoad(first, out var a) || !ELFReader.TryLoad(second, out var b))
            yield break;
        using (a)
        using (b)
        {
            foreach (var section in a.Sections.Where(section => section.Name.Length > 0))
            {
                if (!b.TryGetSection(section.Name, out var other))
                    yield return $"section {section.Name} is only in the first";
                else if (!section.GetContents().AsSpan().SequenceEqual(other.GetContents()))
                    yield return $"section {section.Name} differs";
            }
        }
    }
}
