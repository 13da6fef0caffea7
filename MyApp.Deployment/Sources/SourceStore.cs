using System.Security.Cryptography;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Sources;

/// <summary>Source archives by digest. An archive is checked whole before it is there at all, and again when it is unpacked.</summary>
public sealed class SourceStore(string folder, SourceLimits? limits = null)
{
    private const string Upload = ".upload-";
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(6);
    private readonly SourceLimits limits = limits ?? new();

    public bool Contains(string digest) => Digests.IsValid(digest) && File.Exists(PathOf(digest));

    /// <exception cref="SourceRefusedException"/>
    public async Task<SourceReceipt> SaveAsync(Stream archive, long maxBytes, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        RemoveStale();
        var temporary = Path.Combine(folder, Upload + Path.GetRandomFileName());
        try
        {
            var receipt = await ReceiveAsync(archive, temporary, maxBytes, ct);
            await foreach (var entry in ReadAsync(temporary, ct))
                _ = entry;
            File.Move(temporary, PathOf(receipt.Digest), overwrite: true);
            AtomicFile.SyncFolder(folder);
            return receipt;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <exception cref="SourceRefusedException">It is not in the store.</exception>
    internal void Require(string digest)
    {
        if (!Contains(digest))
            throw new SourceRefusedException(SourceRefusal.Unknown, $"no source archive {EntryNames.Shown(digest)} is in the store");
    }

    /// <summary>Unpacks below <paramref name="target"/>, which is made and must hold none of the archive's files yet.</summary>
    /// <exception cref="SourceRefusedException"/>
    public async Task ExtractAsync(string digest, string target, CancellationToken ct)
    {
        Require(digest);
        Directory.CreateDirectory(target);
        await foreach (var entry in ReadAsync(PathOf(digest), ct))
            await WriteAsync(entry, target, ct);
    }

    /// <summary>One text file of an archive, at most 1 MiB of it; null where it has none of that name.</summary>
    /// <exception cref="SourceRefusedException"/>
    public async Task<string?> ReadTextAsync(string digest, string name, CancellationToken ct)
    {
        const int most = 1024 * 1024;
        Require(digest);
        await foreach (var entry in ReadAsync(PathOf(digest), ct))
        {
            if (entry.Name != name || entry.Kind != EntryKind.File)
                continue;
            var buffer = new byte[most];
            var count = entry.Content is { } content ? await content.ReadAtLeastAsync(buffer, most, throwOnEndOfStream: false, ct) : 0;
            return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
        }

        return null;
    }

    /// <summary>Names of the files that lie directly in one folder of an archive.</summary>
    /// <param name="below">Relative; <c>.</c>: the archive's root.</param>
    /// <exception cref="SourceRefusedException"/>
    public async Task<IReadOnlyList<string>> NamesInAsync(string digest, string below, CancellationToken ct)
    {
        Require(digest);
        var folder = EntryNames.Normalise(below);
        var names = new List<string>();
        await foreach (var entry in ReadAsync(PathOf(digest), ct))
        {
            if (entry.Kind != EntryKind.Folder && (Path.GetDirectoryName(entry.Name) ?? "") == folder)
                names.Add(Path.GetFileName(entry.Name));
        }

        return names;
    }

    private async IAsyncEnumerable<ArchiveEntry> ReadAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        await foreach (var entry in ArchiveEntries.ReadAsync(file, limits, ct))
            yield return entry;
    }

    private static async Task<SourceReceipt> ReceiveAsync(Stream archive, string temporary, long maxBytes, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(temporary, options);
        var buffer = new byte[81920];
        long total = 0;
        int count;
        while ((count = await archive.ReadAsync(buffer, ct)) > 0)
        {
            total += count;
            if (total > maxBytes)
                throw new SourceRefusedException(SourceRefusal.TooLarge, $"the archive is larger than {maxBytes / (1024 * 1024)} MiB");
            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        file.Flush(flushToDisk: true);
        return new(Digests.Of(hash), total);
    }

    private static async Task WriteAsync(ArchiveEntry entry, string target, CancellationToken ct)
    {
        var path = Path.Combine(target, entry.Name);
        Directory.CreateDirectory(entry.Kind == EntryKind.Folder ? path : Path.GetDirectoryName(path)!);
        switch (entry.Kind)
        {
            case EntryKind.SymbolicLink:
                File.CreateSymbolicLink(path, entry.Link!);
                break;
            case EntryKind.HardLink:
                File.Copy(Path.Combine(target, entry.Link!), path);
                break;
            case EntryKind.File:
                await WriteFileAsync(entry, path, ct);
                break;
        }
    }

    private static async Task WriteFileAsync(ArchiveEntry entry, string path, CancellationToken ct)
    {
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            if (entry.Content is { } content)
                await content.CopyToAsync(file, ct);
        }

        if (entry.Executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    // Left by a process that was killed in the middle of an upload.
    private void RemoveStale()
    {
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - StaleAfter;
        foreach (var path in Directory.EnumerateFiles(folder, Upload + "*").Where(path => File.GetLastWriteTimeUtc(path) < before))
            File.Delete(path);
    }

    private string PathOf(string digest) => Path.Combine(folder, Digests.Hex(digest) + ".tar.gz");
}
