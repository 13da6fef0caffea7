using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>UPX, when asked for and present.</summary>
internal sealed class PackStep : IBuildStep
{
    public string Name => "upx";

    public string? SkipReason(BuildContext context) =>
        CachedReason.Of(context)
        ?? (!context.Request.Build.Upx ? "not asked for (build.slim.upx)" : ProgramSearch.Find("upx") is null ? "upx is not installed on this machine" : null);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var result = await CompilerRun.RunAsync(
            context, "upx", ["--quiet", "--", context.Executable!], context.Workspace.Folder, new SortedDictionary<string, string>(StringComparer.Ordinal), ct);
        CompilerRun.Require(result, "'upx'");
        return "packed";
    }
}
