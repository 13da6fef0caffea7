using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>An executable that lies in the source, by itself or in an archive.</summary>
internal sealed class PrebuiltToolchain(PrebuiltFile file) : IToolchain
{
    private const string Untouched = "a prebuilt file is taken as it is";

    public string Name => BuildSpec.Prebuilt;

    public Task<string> FindVersionAsync(BuildContext context, CancellationToken ct) => Task.FromResult("none");

    public async Task<string> CompileAsync(BuildContext context, CancellationToken ct)
    {
        var name = file.Path.Replace("${os}", Platforms.Os(context.Platform), StringComparison.Ordinal)
            .Replace("${arch}", Platforms.ArchitectureOf(context.Platform), StringComparison.Ordinal);
        var path = Path.GetFullPath(Path.Combine(context.SourceFolder, name));
        // A link of the source stays within it: the archive's reader saw to that.
        if (!File.Exists(path))
            throw new BuildFailedException($"the source has no file '{name}' (build.file)");
        var digest = await Digests.OfFileAsync(path, ct);
        if (file.Digests.TryGetValue(context.Platform, out var expected) && expected != digest)
            throw new BuildFailedException($"'{name}' has the digest {digest}, and build.digests asks for {expected}");
        context.Executable = Path.Combine(context.Workspace.Output, "prebuilt");
        if (file.Member is { } member)
            await ExtractAsync(path, name, EntryNames.Normalise(member), context.Executable, ct);
        else
            File.Copy(path, context.Executable);
        context.Mode = $"{name}{(file.Member is { } from ? $", {from} of it" : "")}, {(expected is null ? "digest not asked for" : "digest as asked for")}";
        return context.Mode;
    }

    public string? SlimSkipReason(BuildContext context) => Untouched;

    public Task<string> SlimAsync(BuildContext context, CancellationToken ct) => throw new InvalidOperationException(Untouched);

    public Task<IReadOnlyList<Component>> FindComponentsAsync(BuildContext context, CancellationToken ct) => Task.FromResult(GoComponents.Of(context.Binary?.Go));

    private static async Task ExtractAsync(string archive, string name, string member, string target, CancellationToken ct)
    {
        await using var stream = File.OpenRead(archive);
        await foreach (var entry in ArchiveEntries.ReadAsync(stream, new(), ct))
        {
            if (entry.Name != member || entry.Kind != EntryKind.File || entry.Content is null)
                continue;
            await using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            await entry.Content.CopyToAsync(output, ct);
            return;
        }

        throw new BuildFailedException($"'{name}' holds no file '{member}' (build.member)");
    }
}
