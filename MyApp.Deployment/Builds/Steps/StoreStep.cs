namespace MyApp.Deployment.Builds.Steps;

/// <summary>Puts the executable into the artifact store and remembers what it was made of.</summary>
internal sealed class StoreStep : IBuildStep
{
    public string Name => "store";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var bytes = context.ExecutableBytes!.Value;
        var artifact = new Artifact
        {
            Digest = await context.Artifacts.AddAsync(context.Executable!, ct),
            Bytes = bytes,
            PlainBytes = context.PlainBytes,
            FileName = context.Request.Service,
            Platform = Platforms.Native,
            Static = context.Static,
            Toolchain = context.Toolchain.Name,
            ToolchainVersion = context.ToolchainVersion,
            Mode = context.Mode,
            Source = context.Request.Source,
        };
        BuildCache.Remember(context, artifact);
        context.Artifact = artifact;
        return artifact.Digest;
    }
}
