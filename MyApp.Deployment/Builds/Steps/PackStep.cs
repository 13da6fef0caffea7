using MyApp.Deployment.Builds.Toolchains;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Steps;

/// <summary>UPX, when asked for and present. It refuses some files; those stay as they are.</summary>
internal sealed class PackStep : IBuildStep
{
    public const string Program = "upx";

    // upx: out: CantPackException: …
    private static readonly string[] Refusals = ["CantPackException", "NotCompressibleException", "AlreadyPackedException"];

    public string Name => Program;

    public string? SkipReason(BuildContext context) =>
        context.Build.Upx is null ? "not asked for (build.slim.upx)"
        : ProgramSearch.Find(Program) is null ? "upx is not installed on this machine"
        : context.Cached is { Packed: false } ? "left as it is, as upx could not pack it when it was built"
        : CachedReason.Of(context);

    public async Task<string> RunAsync(BuildContext context, CancellationToken ct)
    {
        var packed = Path.Combine(context.Workspace.Output, "packed");
        string[] level = context.Build.Upx switch { "on" or "true" => [], "best" => ["--best"], var number => [$"-{number}"] };
        var result = await CompilerRun.RunAsync(
            context, Program, ["--quiet", .. level, "-o", packed, "--", context.Executable!], context.Workspace.Folder,
            new SortedDictionary<string, string>(StringComparer.Ordinal), ct);
        if (result.ExitCode != 0 && Array.Exists(Refusals, refusal => result.Error.Contains(refusal, StringComparison.Ordinal)))
            return $"left as it is, as upx can't pack it: {result.Error.Trim().Split('\n')[^1].Trim()}";
        CompilerRun.Require(result, $"'{Program}'");
        (context.Unpacked, context.Executable) = (context.Executable, packed);
        return "packed: it starts slower and needs more memory, as it unpacks itself each time";
    }
}
