namespace MyApp.Deployment.Builds.Steps;

/// <summary>Makes the private copy of the source that is built.</summary>
internal sealed class UnpackStep : IBuildStep
{
    public string Name => "unpack";

    public string? SkipReason(BuildContext context) => CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        context.Workspace = await BuildWorkspace.CreateAsync(context.Paths, context.Request.Source, ct);
        if (!Directory.Exists(context.SourceFolder))
            throw new BuildFailedException($"the source has no folder '{context.Build.Source}' (build.source)");
        await BuildUser.GiveAsync(context.Paths, context.Workspace.Folder, ct);
        return "a private copy of the source";
    }
}
