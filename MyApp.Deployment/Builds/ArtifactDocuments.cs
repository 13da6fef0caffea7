using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Files;

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

    /// <summary>The document of the build that made this artifact; null: it has none.</summary>
    /// <param name="kind"><see cref="Sbom"/> or <see cref="Provenance"/>.</param>
    public static byte[]? Read(ArtifactStore store, Artifact artifact, string kind) =>
        (kind == Sbom ? artifact.Sbom : artifact.Provenance) is { } digest && PathOf(store, artifact.Digest, kind, digest) is var path && File.Exists(path)
            ? File.ReadAllBytes(path)
            : null;

    /// <summary>Every document of one kind that any build of these bytes left.</summary>
    public static IReadOnlyList<string> All(ArtifactStore store, string artifact, string kind) =>
        Directory.Exists(store.DocumentsOf(artifact))
            ? [.. Directory.GetFiles(store.DocumentsOf(artifact), $"*.{kind}").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Keeps one document beside an artifact, durably, and returns its digest. Those of other builds that came to the same bytes stay.</summary>
    /// <param name="kind"><see cref="Sbom"/> or <see cref="Provenance"/>.</param>
    internal static string Save(ArtifactStore store, string artifact, string kind, byte[] document)
    {
        var digest = Digests.Of(document);
        Directory.CreateDirectory(store.DocumentsOf(artifact));
        AtomicFile.WriteAllBytes(PathOf(store, artifact, kind, digest), document);
        return digest;
    }

    /// <summary>From its bill of materials; empty where that is not there.</summary>
    public static IReadOnlyList<Component> ComponentsOf(ArtifactStore store, Artifact artifact) =>
        Read(store, artifact, Sbom) is { } document ? Trust.Sbom.Read(document) : [];
}
