using System.Buffers.Binary;

namespace MyApp.Deployment.Builds.Inspection;

/// <summary>An ELF file without section headers, as UPX and sstrip leave it: elf(5). ELFSharp refuses those.</summary>
internal static class BareElf
{
    private const int HeaderBytes = 64;
    private const int MostSegments = 128;
    private const int Interpreter = 3;

    /// <summary>Null: no executable, or one that has sections.</summary>
    public static BinaryFile? Read(Stream file)
    {
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
            return null;
        var (wide, little) = (header[4] == 2, header[5] == 1);
        var fields = new Fields(header, little);
        var isProgram = fields.Half(16) is 2 or 3;
        var (segments, size, count, sections) = wide
            ? (fields.Long(32), fields.Half(54), fields.Half(56), fields.Half(60))
            : (fields.Word(28), fields.Half(42), fields.Half(44), fields.Half(48));
        if (!isProgram || sections != 0 || count is 0 or > MostSegments || size < (wide ? 56 : 32) || segments < 0)
            return null;
        var table = new byte[size * count];
        file.Position = segments;
        if (file.ReadAtLeast(table, table.Length, throwOnEndOfStream: false) < table.Length)
            return null;
        return new(
            BinaryFormat.Elf, "linux", ElfReader.ArchitectureOf(fields.Half(18), wide, little), InterpreterOf(file, new(table, little), size, count, wide), [], false, null, null);
    }

    private static string? InterpreterOf(Stream file, Fields table, int size, int count, bool wide)
    {
        for (var at = 0; at < size * count; at += size)
        {
            if (table.Word(at) == Interpreter)
                return wide ? ElfReader.Text(file, table.Long(at + 8), table.Long(at + 32)) : ElfReader.Text(file, table.Word(at + 4), table.Word(at + 16));
        }

        return null;
    }

    /// <summary>Numbers of either byte order.</summary>
    private readonly record struct Fields(byte[] Bytes, bool Little)
    {
        public int Half(int at) => Little ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(at));

        public long Word(int at) => Little ? BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(at));

        public long Long(int at) => Little ? BinaryPrimitives.ReadInt64LittleEndian(Bytes.AsSpan(at)) : BinaryPrimitives.ReadInt64BigEndian(Bytes.AsSpan(at));
    }
}
