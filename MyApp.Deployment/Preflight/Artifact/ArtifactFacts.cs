using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Artifact;

/// <summary>What there is to know of an executable and of the disk it is to be put on.</summary>
/// <param name="Elf">Null: not a Linux executable of 64 bits.</param>
/// <param name="HasDebugInfo">It has DWARF sections.</param>
/// <param name="FreeBytes">Of the disk for releases; null: unknown.</param>
public sealed record ArtifactFacts(ServiceSpec Spec, ElfFile? Elf, bool HasDebugInfo, UnixFileMode Mode, long Bytes, long? FreeBytes)
{
    /// <param name="path">The file.</param>
    /// <param name="releases">Where it is to be put; need not be there yet.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static ArtifactFacts Read(ServiceSpec spec, string path, string releases)
    {
        using var file = File.OpenRead(path);
        var elf = ElfFile.Read(file);
        file.Position = 0;
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        return new(spec, elf, elf is not null && DebugSections.Any(file), mode, file.Length, FreeDisk.Of(releases));
    }
}
