using System.Buffers.Binary;

namespace MyApp.Deployment.Builds;

/// <summary>What an executable's own header says (elf(5)). Only 64-bit little-endian files are understood: all we build for.</summary>
/// <param name="Interpreter">The loader it asks for; null: a static executable.</param>
public sealed record ElfFile(string Architecture, string? Interpreter)
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const uint InterpreterSegment = 3;

    /// <summary>Null where the file is no such executable.</summary>
    public static ElfFile? Read(Stream file)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !header.StartsWith("\u007fELF"u8))
            return null;
        const byte class64 = 2, littleEndian = 1;
        if (header[4] != class64 || header[5] != littleEndian)
            return null;
        var type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        const ushort executable = 2, shared = 3;
        if (type is not executable and not shared)
            return null;
        var offset = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (size != ProgramHeaderSize || offset < 0)
            return null;
        return new(ArchitectureOf(BinaryPrimitives.ReadUInt16LittleEndian(header[18..])), FindInterpreter(file, offset, count));
    }

    private static string ArchitectureOf(ushort machine) => machine switch
    {
        62 => "amd64",
        183 => "arm64",
        _ => $"machine {machine}",
    };

    private static string? FindInterpreter(Stream file, long offset, int count)
    {
        Span<byte> segment = stackalloc byte[ProgramHeaderSize];
        for (var i = 0; i < count; i++)
        {
            file.Position = offset + (i * ProgramHeaderSize);
            if (file.ReadAtLeast(segment, ProgramHeaderSize, throwOnEndOfStream: false) < ProgramHeaderSize)
                return null;
            if (BinaryPrimitives.ReadUInt32LittleEndian(segment) == InterpreterSegment)
                return ReadText(file, BinaryPrimitives.ReadInt64LittleEndian(segment[8..]), BinaryPrimitives.ReadInt64LittleEndian(segment[32..]));
        }

        return null;
    }

    private static string ReadText(Stream file, long offset, long length)
    {
        if (offset < 0 || length is < 1 or > 4096)
            return "unreadable";
        var text = new byte[length];
        file.Position = offset;
        var read = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return System.Text.Encoding.UTF8.GetString(text, 0, read).TrimEnd('\0');
    }
}
