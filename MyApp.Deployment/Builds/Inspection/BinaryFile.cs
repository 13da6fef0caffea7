namespace MyApp.Deployment.Builds.Inspection;

public enum BinaryFormat { Elf, Pe, MachO }

/// <summary>What an executable's own headers say.</summary>
/// <param name="Os">In Go's spelling; of ELF always linux, which is all we build it for.</param>
/// <param name="Architecture">In Go's spelling, or <c>machine N</c>.</param>
/// <param name="Interpreter">The loader it asks for; null: none.</param>
/// <param name="Libraries">Shared libraries it asks for, in its own order.</param>
/// <param name="DebugInfo">It carries what only a debugger needs.</param>
/// <param name="BuildId">GNU's or Go's, as the linker wrote it; null: none.</param>
/// <param name="Go">Null: not built by Go, or packed since.</param>
public sealed record BinaryFile(
    BinaryFormat Format, string Os, string Architecture, string? Interpreter, IReadOnlyList<string> Libraries, bool DebugInfo, string? BuildId, GoBuildInfo? Go)
{
    /// <summary>It needs no loader and no library.</summary>
    public bool Static => Interpreter is null && Libraries.Count == 0;

    public string Platform => $"{Os}/{Architecture}";

    /// <summary>Null where the file is none of the three, or broken.</summary>
    public static BinaryFile? Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file);
    }

    /// <inheritdoc cref="Read(string)"/>
    /// <param name="file">Can seek; is read from its beginning.</param>
    public static BinaryFile? Read(Stream file)
    {
        Span<byte> magic = stackalloc byte[4];
        file.Position = 0;
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length)
            return null;
        file.Position = 0;
        try
        {
            var read = magic switch
            {
                [0x7f, (byte)'E', (byte)'L', (byte)'F'] => ElfReader.Read(file),
                [(byte)'M', (byte)'Z', ..] => PeFileReader.Read(file),
                [0xcf or 0xce, 0xfa, 0xed, 0xfe] => MachOFileReader.Read(file),
                _ => null,
            };
            return read is null ? null : read with { Go = GoBuildInfo.Find(file) };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The readers say in many ways that a file is cut off or makes no sense; which of them does not matter here.
            return null;
        }
    }

    /// <summary>One line for a person, e.g. <c>ELF amd64, static, no debug data</c>.</summary>
    public override string ToString()
    {
        var format = Format switch { BinaryFormat.Elf => "ELF", BinaryFormat.Pe => "PE", _ => "Mach-O" };
        var loading = Static ? "static" : $"needs {string.Join(", ", Libraries.Prepend(Interpreter ?? "").Where(name => name.Length > 0))}";
        return $"{format} {Architecture}, {loading}, {(DebugInfo ? "with" : "no")} debug data";
    }
}
