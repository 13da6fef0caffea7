using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;

namespace MyApp.Deployment.Builds;

/// <summary>What lies beside an artifact in the store.</summary>
public static class ArtifactDocuments
{
    public const string Sbom = "sbom.cdx.json";
    public const string Provenance = "provenance.intoto.json";

    /// <summary>Path of one document.</summary>
    /// <param name="kind"><see cref="Sbom"/> or <see cref="Provenance"/>.</param>
    /// <param name="digest">The document's own.</param>
    public static string PathOf(ArtifactStore store, string artifact, string kind, string digest) =>
        Path.Combine(store.DocumentsOf(artifact), $"{Digests.Hex(digest)[..16]}.{kind}");

    /// <summary>Every document of one kind that any build of these bytes left.</summary>
    public static IReadOnlyList<string> All(ArtifactStore store, string artifact, string kind) =>
        Directory.Exists(store.DocumentsOf(artifact))
            ? [.. Directory.GetFiles(store.DocumentsOf(artifact), $"*.{kind}").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>From its bill of materials; empty where that is not there.</summary>
    public static IReadOnlyList<Component> ComponentsOf(ArtifactStore store, Artifact artifact)
    {
        if (artifact.Sbom is not { } digest)
            return [];
        var path = PathOf(store, artifact.Digest, Sbom, digest);
        return File.Exists(path) ? Trust.Sbom.Read(File.ReadAllBytes(path)) : [];
    }
}
