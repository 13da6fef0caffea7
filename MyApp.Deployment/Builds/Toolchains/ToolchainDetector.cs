using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>Finds a source's toolchain from its files when the spec names none.</summary>
public static class ToolchainDetector
{
    /// <summary>go.mod or *.go in the folder: go; *.csproj: dotnet. Null where neither or both are there.</summary>
    public static string? Detect(string folder)
    {
        if (!Directory.Exists(folder))
            return null;
        var go = File.Exists(Path.Combine(folder, "go.mod")) || Directory.EnumerateFiles(folder, "*.go").Any();
        var dotnet = Directory.EnumerateFiles(folder, "*.csproj").Any();
        return (go, dotnet) switch
        {
            (true, false) => BuildSpec.Go,
            (false, true) => BuildSpec.Dotnet,
            _ => null,
        };
    }
}
