using System.Text;
using ELFSharp;
using ELFSharp.ELF;
using ELFSharp.ELF.Sections;
using ELFSharp.ELF.Segments;

namespace MyApp.Deployment.Builds.Inspection;

/// <summary>elf(5), through ELFSharp.</summary>
internal static class ElfReader
{
    // More than any path, name or id; a hostile file may claim anything.
    private const long MostText = 1 << 20;

    public static BinaryFile? Read(Stream file)
    {
        if (BareElf.Read(file) is { } bare)
            return bare;
        file.Position = 0;
        if (!ELFReader.TryLoad(file, shouldOwnStream: false, out var elf))
            return null;
        using (elf)
        {
            if (elf.Type is not (FileType.Executable or FileType.SharedObject))
                return null;
            return new(
                BinaryFormat.Elf, "linux", ArchitectureOf((int)elf.Machine, elf.Class == Class.Bit64, elf.Endianess == Endianess.LittleEndian), InterpreterOf(elf, file), LibrariesOf(elf), elf.Sections.Any(IsDebug), BuildIdOf(elf), null);
        }
    }

    public static string ArchitectureOf(int machine, bool wide, bool little) => (machine, wide, little) switch
    {
        (62, true, _) => "amd64",
        (183, true, _) => "arm64",
        (40, _, _) => "arm",
        (3, _, _) => "386",
        (243, true, _) => "riscv64",
        (21, _, true) => "ppc64le",
        (22, _, _) => "s390x",
        _ => $"machine {machine}",
    };

    private static string? InterpreterOf(IELF elf, Stream file) => elf.Segments.FirstOrDefault(segment => segment.Type == SegmentType.Interpreter) switch
    {
        Segment<ulong> wide => Text(file, wide.Offset, (long)wide.FileSize),
        Segment<uint> narrow => Text(file, narrow.Offset, narrow.FileSize),
        _ => null,
    };

    public static string Text(Stream file, long offset, long length)
    {
        if (length is < 1 or > 4096 || offset < 0)
            throw new InvalidDataException("the loader's name is out of bounds");
        var text = new byte[length];
        file.Position = offset;
        file.ReadExactly(text);
        return Encoding.UTF8.GetString(text).TrimEnd('\0');
    }

    private static List<string> LibrariesOf(IELF elf)
    {
        var dynamic = elf.Sections.FirstOrDefault(section => section.Type == SectionType.Dynamic);
        if (dynamic is null || !elf.TryGetSection(".dynstr", out var found) || found is not IStringTable names)
            return [];
        return dynamic switch
        {
            DynamicSection<ulong> wide => [.. wide.Entries.Where(entry => entry.Tag == DynamicTag.Needed).Select(entry => names[(long)entry.Value])],
            DynamicSection<uint> narrow => [.. narrow.Entries.Where(entry => entry.Tag == DynamicTag.Needed).Select(entry => names[entry.Value])],
            _ => [],
        };
    }

    private static bool IsDebug(ISection section) =>
        section.Name.StartsWith(".debug_", StringComparison.Ordinal) || section.Name.StartsWith(".zdebug_", StringComparison.Ordinal);

    private static string? BuildIdOf(IELF elf)
    {
        if (elf.TryGetSection(".note.gnu.build-id", out var gnu) && gnu is INoteSection { Description.Length: > 0 and < (int)MostText } note)
            return Convert.ToHexStringLower(note.Description);
        return elf.TryGetSection(".note.go.buildid", out var go) && go is INoteSection { Description.Length: > 0 and < (int)MostText } own
            ? Encoding.UTF8.GetString(own.Description).TrimEnd('\0') is { Length: > 0 } id ? id : null
            : null;
    }
}
