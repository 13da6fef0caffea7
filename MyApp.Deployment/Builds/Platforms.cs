using System.Runtime.InteropServices;

namespace MyApp.Deployment.Builds;

internal static class Platforms
{
    /// <summary>This machine's, in Go's spelling.</summary>
    public static string Native { get; } = "linux/" + Architecture();

    public static string RuntimeIdentifier => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private static string Architecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
