using System.Runtime.InteropServices;

namespace MyApp.Deployment.Builds;

/// <summary>Operating system and architecture, in Go's spelling.</summary>
public static class Platforms
{
    // Each with .NET's name of it; null: .NET does not run there.
    private static readonly Dictionary<string, string?> RuntimeIdentifiers = new(StringComparer.Ordinal)
    {
        ["linux/amd64"] = "linux-x64", ["linux/arm64"] = "linux-arm64", ["linux/arm"] = "linux-arm", ["linux/386"] = null, ["linux/riscv64"] = null,
        ["linux/ppc64le"] = null, ["linux/s390x"] = null, ["darwin/amd64"] = "osx-x64", ["darwin/arm64"] = "osx-arm64", ["windows/amd64"] = "win-x64",
        ["windows/arm64"] = "win-arm64", ["windows/386"] = "win-x86",
    };

    public static IReadOnlyList<string> Known { get; } = [.. RuntimeIdentifiers.Keys];

    /// <summary>This machine's.</summary>
    public static string Native { get; } = "linux/" + Architecture();

    public static string Os(string platform) => platform.Split('/')[0];

    public static string ArchitectureOf(string platform) => platform.Split('/')[1];

    /// <summary>Null where .NET does not run.</summary>
    public static string? RuntimeIdentifier(string platform) => RuntimeIdentifiers.GetValueOrDefault(platform);

    private static string Architecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };
}
