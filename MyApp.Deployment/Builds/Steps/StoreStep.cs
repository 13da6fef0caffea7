using MyApp.Deployment.Builds.Trust;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>Puts the executable and the documents about it into the store, and then remembers what it was made of.</summary>
internal sealed class StoreStep : IBuildStep
{
    public string Name => "store";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var bytes = context.ExecutableBytes!.Value;
        var digest = await context.Artifacts.AddAsync(context.Executable!, ct);
        var sbom = ArtifactDocuments.Save(context.Artifacts, digest, ArtifactDocuments.Sbom, Sbom.Write(context, digest));
        var key = await SigningKey.LoadOrCreateAsync(context.Paths, ct);
        var provenance = ArtifactDocuments.Save(context.Artifacts, digest, ArtifactDocuments.Provenance, Provenance.Write(context, digest, sbom, key));
        var artifact = new Artifact
        {
            Digest = digest,
            Bytes = bytes,
            PlainBytes = context.PlainBytes,
            FileName = context.Request.Service,
            Platform = context.Platform,
            Static = context.Binary!.Static,
            Binary = context.Binary,
            Packed = context.Unpacked is not null,
            Sbom = sbom,
            Provenance = provenance,
            Toolchain = context.Toolchain.Name,
            ToolchainVersion = context.ToolchainVersion,
            Mode = context.Mode,
            Source = context.Request.Source,
        };
        if (!context.Request.Fresh)
            BuildCache.Remember(context, artifact);
        context.Artifact = artifact;
        return digest;
    }
}
