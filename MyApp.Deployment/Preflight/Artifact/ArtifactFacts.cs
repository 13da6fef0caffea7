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
    public static ArtifactFacts Read(ServiceSpec spec, string path, string releases) => Of(spec, BinaryFile.Read(path), path, releases);

    /// <summary>Of what was built here, with what the build knows of it.</summary>
    /// <param name="path">The artifact's file.</param>
    /// <inheritdoc cref="Read"/>
    public static ArtifactFacts Of(ServiceSpec spec, Builds.Artifact artifact, string path, string releases) => artifact switch
    {
        { Binary: null } => Read(spec, path, releases),
        { Binary: { } built, Packed: false } => Of(spec, built, path, releases),
        // UPX leaves a file that asks for nothing and holds nothing for debuggers; what it unpacks asks for what it always did.
        { Binary: { } built } => Of(spec, BinaryFile.Read(path) is { } packed ? packed with { Interpreter = built.Interpreter, Libraries = built.Libraries } : built, path, releases),
    };

    private static ArtifactFacts Of(ServiceSpec spec, BinaryFile? binary, string path, string releases)
    {
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        return new(spec, binary, mode, new FileInfo(path).Length, FreeDisk.Of(releases));
    }
}
