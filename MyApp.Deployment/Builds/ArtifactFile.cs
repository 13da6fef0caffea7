namespace MyApp.Deployment.Builds;

/// <summary>A file of an artifact as it is carried elsewhere.</summary>
/// <param name="Name">Without a folder.</param>
/// <param name="Digest"><c>sha256:…</c> of its content.</param>
/// <param name="Document">A kind of <see cref="ArtifactDocuments"/>; null: the executable itself.</param>
public sealed record ArtifactFile(string Name, string Digest, string? Document)
{
    /// <summary>Where it is in the store, whether it is there or not.</summary>
    public string PathIn(ArtifactStore store, Artifact artifact) =>
        Document is null ? store.PathOf(artifact.Digest) : ArtifactDocuments.PathOf(store, artifact.Digest, Document, Digest);
}
