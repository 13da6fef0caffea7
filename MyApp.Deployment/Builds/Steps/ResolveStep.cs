using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>Unpacks the source and decides what compiles it; finds out whether that was done before.</summary>
internal sealed class ResolveStep : IBuildStep
{
    public string Name => "resolve";

    public string? SkipReason(BuildContext context) => null;

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        context.Workspace = await BuildWorkspace.CreateAsync(context.Paths, context.Request.Source, ct);
        if (!Directory.Exists(context.SourceFolder))
            throw new BuildFailedException($"the source has no folder '{context.Request.Build.Source}' (build.source)");
        await BuildUser.GiveAsync(context.Paths, context.Workspace.Folder, ct);
        context.Toolchain = Choose(context);
        context.ToolchainVersion = await context.Toolchain.FindVersionAsync(context, ct);
        context.CacheKey = BuildCache.KeyOf(context);
        context.Cached = BuildCache.Find(context);
        return $"{context.Toolchain.Name} ({context.ToolchainVersion}) for {Platforms.Native}{AsRoot(context)}";
    }

    private static string AsRoot(BuildContext context) =>
        Environment.IsPrivilegedProcess && BuildUser.For(context.Paths) is null
            ? $", built as root: no other user gets {(BuildUser.Unreachable(context.Paths) is { } folder ? $"through {folder}" : "a process without setpriv")}"
            : "";

    private static IToolchain Choose(BuildContext context)
    {
        var name = context.Request.Build.Toolchain ?? ToolchainDetector.Detect(context.SourceFolder)
            ?? throw new BuildFailedException("the toolchain can't be told from the files: neither go.mod or *.go nor *.csproj alone is there. Set build.toolchain to go or dotnet");
        return name switch
        {
            BuildSpec.Go => new GoToolchain(),
            BuildSpec.Dotnet => new DotnetToolchain(),
            _ => throw new BuildFailedException($"unknown toolchain '{name}': this version has go and dotnet"),
        };
    }
}
