using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Finds a source's toolchain from its files when the spec names none.</summary>
public static class ToolchainDetector
{
    /// <summary>As <see cref="Detect(IReadOnlyList{string})"/>, by what lies in a folder of this machine.</summary>
    public static string? Detect(string folder) =>
        Directory.Exists(folder) ? Detect([.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))]) : null;

    /// <summary>As <see cref="Detect(IReadOnlyList{string})"/>, by what lies in a folder of a stored source.</summary>
    /// <exception cref="SourceRefusedException">There is no such source or folder.</exception>
    public static async Task<string?> DetectAsync(SourceStore sources, string source, string folder, CancellationToken ct)
    {
        var names = await sources.NamesInAsync(source, folder, ct);
        return names.Count > 0 ? Detect(names) : throw new SourceRefusedException(SourceRefusal.Unknown, $"the source has no folder '{folder}' (build.source)");
    }

    /// <summary>The one that the spec names, else as <see cref="DetectAsync"/>; empty where it can't be told.</summary>
    /// <exception cref="SourceRefusedException">There is no such source or folder.</exception>
    public static async Task<string> OfAsync(ServiceSpec spec, SourceStore sources, string source, CancellationToken ct) =>
        spec.Build.Toolchain ?? await DetectAsync(sources, source, spec.Build.Source, ct) ?? "";

    /// <summary>go.mod or *.go in the folder: go; *.csproj: dotnet. Null where neither or both are there.</summary>
    /// <param name="names">Of the files that lie in the folder itself.</param>
    public static string? Detect(IReadOnlyList<string> names)
    {
        var go = names.Contains("go.mod", StringComparer.Ordinal) || names.Any(name => name.EndsWith(".go", StringComparison.Ordinal));
        var dotnet = names.Any(name => name.EndsWith(".csproj", StringComparison.Ordinal));
        return (go, dotnet) switch
        {
            (true, false) => BuildSpec.Go,
            (false, true) => BuildSpec.Dotnet,
            _ => null,
        };
    }
}
