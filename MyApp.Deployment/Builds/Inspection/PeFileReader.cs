using System.Reflection.PortableExecutable;
using System.Text;

namespace MyApp.Deployment.Builds.Inspection;

/// <summary>Portable executables of Windows.</summary>
internal static class PeFileReader
{
    // Of one import descriptor; its fourth field is where the library's name is.
    private const int DescriptorSize = 20;
    private const int NameOffset = 12;
    private const int MostLibraries = 1000;

    public static BinaryFile? Read(Stream file)
    {
        using var pe = new PEReader(file, PEStreamOptions.LeaveOpen);
        if (pe.PEHeaders is not { PEHeader: not null, IsDll: false } headers)
            return null;
        var architecture = headers.CoffHeader.Machine switch
        {
            Machine.Amd64 => "amd64",
            Machine.Arm64 => "arm64",
            Machine.I386 => "386",
            var other => $"machine {(int)other}",
        };
        return new(BinaryFormat.Pe, "windows", architecture, null, LibrariesOf(pe), headers.SectionHeaders.Any(IsDebug), null, null);
    }

    // DWARF's names are longer than the field, which then holds a slash and where the name is.
    private static bool IsDebug(SectionHeader section) => section.Name.StartsWith('/') || section.Name.StartsWith(".debug", StringComparison.Ordinal);

    private static List<string> LibrariesOf(PEReader pe)
    {
        var table = pe.PEHeaders.PEHeader!.ImportTableDirectory;
        var names = new List<string>();
        if (table.Size == 0)
            return names;
        var reader = pe.GetSectionData(table.RelativeVirtualAddress).GetReader();
        while (reader.RemainingBytes >= DescriptorSize && names.Count < MostLibraries)
        {
            var descriptor = reader.ReadBytes(DescriptorSize);
            if (BitConverter.ToInt32(descriptor, NameOffset) is not (> 0 and var at))
                break;
            var name = pe.GetSectionData(at).GetReader();
            var length = name.IndexOf(0);
            names.Add(Encoding.ASCII.GetString(name.ReadBytes(Math.Clamp(length, 0, 260))));
        }

        return names;
    }
}
