using MyApp.Deployment.Sources;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds;

/// <summary>Executables by the SHA-256 of their content. Files are read-only and never change after they appear.</summary>
public sealed class ArtifactStore(string folder)
{
    private const string Adding = ".add-";
    internal const UnixFileMode ReadOnly =
        UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(6);

    public bool Contains(string digest) => Digests.IsValid(digest) && File.Exists(PathOf(digest));

    /// <summary>Where the file is, whether it is there or not.</summary>
    public string PathOf(string digest) => Path.Combine(folder, Digests.Hex(digest));

    /// <summary>Where documents about an artifact are kept: its bill of materials and its provenance.</summary>
    public string DocumentsOf(string digest) => Path.Combine(Beside("documents"), Digests.Hex(digest));

    /// <summary>Copies a file in; returns its digest.</summary>
    public async Task<string> AddAsync(string path, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, Adding + Path.GetRandomFileName());
        try
        {
            await CopyAsync(path, temporary, ct);
            var digest = await Digests.OfFileAsync(temporary, ct);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, ReadOnly);
            File.Move(temporary, PathOf(digest), overwrite: true);
            AtomicFile.SyncFolder(folder);
            return digest;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Copies a file out, and refuses one that is no longer what its name says.</summary>
    /// <exception cref="InvalidDataException">The store's file was changed or is gone.</exception>
    public async Task CopyToAsync(string digest, string path, CancellationToken ct)
    {
        if (!Contains(digest))
            throw new InvalidDataException($"the artifact {digest} is not in the store {folder}");
        await CopyAsync(PathOf(digest), path, ct);
        if (await Digests.OfFileAsync(path, ct) != digest)
            throw new InvalidDataException($"the artifact {digest} in the store {folder} is damaged");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, ReadOnly);
    }

    /// <summary>Keeps an artifact from being collected for as long as there is somebody who may place it.</summary>
    public void Pin(string digest)
    {
        Directory.CreateDirectory(Beside("pins"));
        AtomicFile.WriteAllText(PinOf(digest), "");
    }

    internal bool IsPinned(string digest) => File.Exists(PinOf(digest));

    /// <summary>Returns the bytes that were freed.</summary>
    internal long Remove(string digest)
    {
        var file = new FileInfo(PathOf(digest));
        var bytes = file.Exists ? file.Length : 0;
        file.Delete();
        if (Directory.Exists(DocumentsOf(digest)))
            Directory.Delete(DocumentsOf(digest), recursive: true);
        return bytes;
    }

    /// <summary>Half copies of a process that was killed.</summary>
    internal void RemoveLeftovers(TimeProvider clock)
    {
        if (!Directory.Exists(folder))
            return;
        var before = (clock.GetUtcNow() - StaleAfter).UtcDateTime;
        foreach (var path in Directory.EnumerateFiles(folder, Adding + "*").Where(path => File.GetLastWriteTimeUtc(path) < before))
            File.Delete(path);
    }

    private string PinOf(string digest) => Path.Combine(Beside("pins"), Digests.Hex(digest));

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, name);

    private static async Task CopyAsync(string from, string to, CancellationToken ct)
    {
        await using var source = File.OpenRead(from);
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        await source.CopyToAsync(target, ct);
        target.Flush(flushToDisk: true);
    }
}
