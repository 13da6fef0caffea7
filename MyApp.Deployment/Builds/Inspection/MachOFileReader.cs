using ELFSharp.MachO;

namespace MyApp.Deployment.Builds.Inspection;

/// <summary>Mach-O of macOS, of one architecture, through ELFSharp.</summary>
internal static class MachOFileReader
{
    public static BinaryFile? Read(Stream file)
    {
        if (MachOReader.TryLoad(file, shouldOwnStream: false, out var mach) != MachOResult.OK || mach.FileType != FileType.Executable)
            return null;
        var architecture = (uint)mach.Machine switch
        {
            0x0100_0007 => "amd64",
            0x0100_000c => "arm64",
            var other => $"machine {other}",
        };
        var libraries = mach.GetCommandsOfType<LoadDylib>().Select(library => library.Name).Order(StringComparer.Ordinal).ToList();
        var debug = mach.GetCommandsOfType<Segment>().Any(segment => segment.Name == "__DWARF");
        return new(BinaryFormat.MachO, "darwin", architecture, null, libraries, debug, null, null);
    }
}
