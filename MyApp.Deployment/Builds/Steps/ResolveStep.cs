using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>
/// Decides what compiles the source and finds out whether that was done before, without unpacking it. Only one process at a time goes on with the
/// same inputs; the others wait here and find its artifact.
/// </summary>
internal sealed class ResolveStep : IBuildStep
{
    public string Name => "resolve";

    public string? SkipReason(BuildContext context) => null;

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        new SourceStore(context.Paths.Sources).Require(context.Request.Source);
        context.Toolchain = await ChooseAsync(context, ct);
        context.ToolchainVersion = await context.Toolchain.FindVersionAsync(context, ct);
        context.CacheKey = await BuildCache.KeyOfAsync(context, ct);
        if (!context.Request.Fresh)
            await FindAsync(context, ct);
        return $"{context.Toolchain.Name} ({context.ToolchainVersion}) for {context.Platform}{(context.Cached is null ? AsRoot(context) : "")}";
    }

    private static async Task FindAsync(BuildContext context, CancellationToken ct)
    {
        context.Cached = await OfCommitAsync(context, ct);
        if (context.Cached is not null)
            return;
        context.Flight = await new StoreLock(BuildCache.FlightOf(context)).TakeAsync(ct);
        context.Cached = await OfCommitAsync(context, ct);
    }

    // The same files may stand at another commit than when they were built: what is signed is to name the one of this request. A request that knows
    // of none takes what is known.
    private static async Task<Artifact?> OfCommitAsync(BuildContext context, CancellationToken ct)
    {
        if (BuildCache.Find(context) is not { } built)
            return null;
        if (context.Request.Vcs is not { } origin)
            return built;
        var provenance = await Provenance.OfAsync(context, built, origin, ct);
        if (provenance is null)
            return null;
        if (provenance == built.Provenance)
            return built;
        // After the document: a record names none that is not there.
        var found = built with { Provenance = provenance };
        BuildCache.Remember(context, found);
        return found;
    }

    private static string AsRoot(BuildContext context) =>
        Environment.IsPrivilegedProcess && BuildUser.For(context.Paths) is null
            ? $", built as root: no other user gets {(BuildUser.Unreachable(context.Paths) is { } folder ? $"through {folder}" : "a process without setpriv")}"
            : "";

    private static async Task<IToolchain> ChooseAsync(BuildContext context, CancellationToken ct)
    {
        var name = context.Build.Toolchain ?? await DetectAsync(context, ct);
        return name switch
        {
            BuildSpec.Go => new GoToolchain(),
            BuildSpec.Dotnet => new DotnetToolchain(),
            BuildSpec.Command when context.Build.Run is { } run => new CommandToolchain(run),
            BuildSpec.Prebuilt when context.Build.File is { } file => new PrebuiltToolchain(file),
            _ => throw new BuildFailedException($"the toolchain '{name}' can't be used as it is written: it is one of {string.Join(", ", BuildSpec.Toolchains)}, with the keys of reference.yaml"),
        };
    }

    private static async Task<string> DetectAsync(BuildContext context, CancellationToken ct) =>
        await ToolchainDetector.DetectAsync(new(context.Paths.Sources), context.Request.Source, context.Build.Source, ct)
        ?? throw new BuildFailedException(
            "the toolchain can't be told from the files: neither go.mod or *.go nor *.csproj alone is there. Set build.toolchain to go, dotnet, command or prebuilt");
}
