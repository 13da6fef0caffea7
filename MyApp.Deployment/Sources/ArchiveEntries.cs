using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace MyApp.Deployment.Sources;

internal enum EntryKind { File, Folder, SymbolicLink, HardLink }

/// <param name="Name">Normalised: relative, no <c>.</c> or <c>..</c>, no trailing slash.</param>
/// <param name="Link">A symbolic link's text as it is written, or a hard link's normalised name.</param>
/// <param name="Content">Valid until the next entry is read.</param>
internal sealed record ArchiveEntry(string Name, EntryKind Kind, bool Executable, string? Link, Stream? Content);

/// <summary>
/// Reads a tar.gz that may come from anybody, and gives only entries that can be written below a folder without leaving it: the rules
/// of <see cref="EntryNames"/> plus, over the whole archive, no repeated names and nothing below a file or link.
/// </summary>
internal static class ArchiveEntries
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static async IAsyncEnumerable<ArchiveEntry> ReadAsync(Stream compressed, SourceLimits limits, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var unpacked = new BoundedStream(new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true), limits.MaxUnpackedBytes);
        await using var reader = new TarReader(unpacked);
        var seen = new SeenEntries(limits.MaxEntries);
        while (await NextAsync(reader, ct) is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
                continue;
            if (Check(entry) is not { } read)
                continue;
            seen.Add(read);
            yield return read;
        }

        if (seen.Files == 0)
            throw new SourceRefusedException(SourceRefusal.NotAnArchive, "the archive holds no files");
    }

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, ct);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new SourceRefusedException(SourceRefusal.NotAnArchive, $"not a readable tar.gz: {e.Message}", e);
        }
    }

    // Null: the archive's root itself, which says nothing.
    private static ArchiveEntry? Check(TarEntry entry)
    {
        var kind = KindOf(entry);
        if (EntryNames.Normalise(entry.Name) is not { Length: > 0 } name)
            return kind == EntryKind.Folder ? null : throw new SourceRefusedException(SourceRefusal.UnsafeName, $"'{EntryNames.Shown(entry.Name)}' is no name of a file");
        if (kind == EntryKind.File && (entry.Mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0)
            throw new SourceRefusedException(SourceRefusal.UnsafeEntry, $"'{EntryNames.Shown(name)}' has a setuid or setgid bit");
        var link = kind switch
        {
            EntryKind.SymbolicLink => EntryNames.CheckSymbolicLink(name, entry.LinkName),
            EntryKind.HardLink => EntryNames.Normalise(entry.LinkName),
            _ => null,
        };
        return new(name, kind, (entry.Mode & Executable) != 0, link, entry.DataStream);
    }

    private static EntryKind KindOf(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => EntryKind.File,
        TarEntryType.Directory => EntryKind.Folder,
        TarEntryType.SymbolicLink => EntryKind.SymbolicLink,
        TarEntryType.HardLink => EntryKind.HardLink,
        var other => throw new SourceRefusedException(
            SourceRefusal.UnsafeEntry, $"'{EntryNames.Shown(entry.Name)}' is a {other}; only files, folders and links are taken"),
    };
}
