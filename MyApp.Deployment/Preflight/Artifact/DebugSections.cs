using System.Buffers.Binary;

namespace MyApp.Deployment.Preflight.Artifact;

/// <summary>Looks for DWARF sections in a 64-bit little-endian ELF file (elf(5)). What does not fit together has none.</summary>
internal static class DebugSections
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int MostNames = 1 << 20;

    public static bool Any(Stream file)
    {
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return false;
        var offset = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(58));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(60));
        var names = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(62));
        if (size != SectionSize || names >= count || offset <= 0 || offset > file.Length)
            return false;
        var table = Read(file, offset, count * SectionSize);
        if (table.Length < count * SectionSize)
            return false;
        var strings = table.AsSpan(names * SectionSize, SectionSize);
        var (at, length) = (BinaryPrimitives.ReadInt64LittleEndian(strings[24..]), BinaryPrimitives.ReadInt64LittleEndian(strings[32..]));
        if (at < 0 || at > file.Length || length is < 0 or > MostNames)
            return false;
        var text = Read(file, at, (int)length);
        return text.AsSpan().IndexOf(".debug_info\0"u8) >= 0 || text.AsSpan().IndexOf(".zdebug_info\0"u8) >= 0;
    }

    private static byte[] Read(Stream file, long offset, int length)
    {
        var bytes = new byte[length];
        file.Position = offset;
        var read = file.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        return bytes[..read];
    }
}
