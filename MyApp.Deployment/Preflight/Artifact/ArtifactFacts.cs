using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Artifact;

/// <summary>What there is to know of an executable and of the disk it is to be put on.</summary>
/// <param name="Binary">Null: no executable that can be read, e.g. a script.</param>
/// <param name="FreeBytes">Of the disk for releases; null: unknown.</param>
public sealed record ArtifactFacts(ServiceSpec Spec, BinaryFile? Binary, UnixFileMode Mode, long Bytes, long? FreeBytes)
{
    /// <param name="path">The file.</param>
    /// <param name="releases">Where it is to be put; need not be there yet.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static ArtifactFacts Read(ServiceSpec spec, string path, string releases)
    {
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        return new(spec, BinaryFile.Read(path), mode, new FileInfo(path).Length, FreeDisk.Of(releases));
    }
}
