using System.Formats.Tar;
using System.IO.Compression;

namespace MyApp.Deployment.Sources;

/// <summary>Packs a source folder so that the same files give the same bytes: sorted names, no times, no owners, two modes.</summary>
public static class SourceArchive
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The first of these files that is packed with the folder; null: none is.</summary>
    /// <param name="folder">Absolute, as <paramref name="paths"/> are.</param>
    /// <exception cref="SourceRefusedException">A name in the folder could not be unpacked elsewhere.</exception>
    public static async Task<string?> FindAsync(string folder, IReadOnlyList<string> paths, CancellationToken ct)
    {
        var files = (await SourceFiles.ListAsync(folder, ct)).ToHashSet(StringComparer.Ordinal);
        return paths.FirstOrDefault(path => files.Contains(Path.GetRelativePath(folder, path)));
    }

    /// <exception cref="SourceRefusedException">A link points out of the folder, or a name could not be unpacked elsewhere.</exception>
    public static async Task WriteAsync(string folder, Stream destination, CancellationToken ct)
    {
        var root = Path.GetFullPath(folder);
        var files = await SourceFiles.ListAsync(root, ct);
        await using var compressed = new GZipStream(destination, CompressionLevel.Optimal, leaveOpen: true);
        await using var tar = new TarWriter(compressed, TarEntryFormat.Gnu);
        foreach (var name in files)
            await WriteEntryAsync(tar, name, new FileInfo(Path.Combine(root, name)), ct);
    }

    private static async Task WriteEntryAsync(TarWriter tar, string name, FileInfo file, CancellationToken ct)
    {
        if (file.LinkTarget is { } target)
        {
            EntryNames.CheckSymbolicLink(name, target);
            await tar.WriteEntryAsync(Entry(TarEntryType.SymbolicLink, name, Plain | AnyExecute, target), ct);
            return;
        }

        var executable = !OperatingSystem.IsWindows() && (file.UnixFileMode & AnyExecute) != 0;
        var entry = Entry(TarEntryType.RegularFile, name, executable ? Plain | AnyExecute : Plain, null);
        await using var content = file.OpenRead();
        entry.DataStream = content;
        await tar.WriteEntryAsync(entry, ct);
    }

    // GNU, not pax: the writer puts its process id into pax headers. Without the times of access and change, which lie where ustar has the first
    // part of a long name: tarfile of Python reads 00000000000/ before every name there.
    private static GnuTarEntry Entry(TarEntryType type, string name, UnixFileMode mode, string? link)
    {
        var entry = new GnuTarEntry(type, EntryNames.Normalise(name))
        {
            ModificationTime = DateTimeOffset.UnixEpoch, Mode = mode, Uid = 0, Gid = 0, UserName = "", GroupName = "",
        };
        if (link is not null)
            entry.LinkName = link;
        return entry;
    }
}
