using MyApp.Deployment.Sources;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds;

/// <summary>Takes an artifact out of the store, to carry it elsewhere.</summary>
public static class ArtifactExport
{
    private const UnixFileMode Document = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary><c>orders-linux-amd64</c>; of Windows with <c>.exe</c>.</summary>
    public static string NameOf(Artifact artifact) =>
        $"{artifact.FileName}-{artifact.Platform.Replace('/', '-')}{(Platforms.Os(artifact.Platform) == "windows" ? ".exe" : "")}";

    /// <summary>The executable, and the documents that its build left.</summary>
    public static IReadOnlyList<ArtifactFile> FilesOf(Artifact artifact)
    {
        var name = NameOf(artifact);
        var files = new List<ArtifactFile> { new(name, artifact.Digest, null) };
        if (artifact.Sbom is { } sbom)
            files.Add(new($"{name}.{ArtifactDocuments.Sbom}", sbom, ArtifactDocuments.Sbom));
        if (artifact.Provenance is { } provenance)
            files.Add(new($"{name}.{ArtifactDocuments.Provenance}", provenance, ArtifactDocuments.Provenance));
        return files;
    }

    /// <summary>Writes the executable, its bill of materials and its provenance; what is there under these names is replaced.</summary>
    /// <returns>Their paths.</returns>
    /// <exception cref="InvalidDataException">The store's file was changed or is gone.</exception>
    public static async Task<IReadOnlyList<string>> WriteAsync(ArtifactStore store, Artifact artifact, string folder, CancellationToken ct)
    {
        if (!store.Contains(artifact.Digest))
            throw new InvalidDataException($"the artifact {artifact.Digest} is not in the store any more");
        var written = new List<string>();
        foreach (var file in FilesOf(artifact).Where(file => File.Exists(file.PathIn(store, artifact))))
            written.Add(await SaveAsync(file, folder, (target, token) => CopyAsync(file.PathIn(store, artifact), target, token), ct));
        return written;
    }

    /// <summary>Writes one file, whole and checked or not at all; the executable can be executed.</summary>
    /// <param name="fetch">Writes the content.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="InvalidDataException">The content is another than the one that was built.</exception>
    public static async Task<string> SaveAsync(ArtifactFile file, string folder, Func<Stream, CancellationToken, Task> fetch, CancellationToken ct)
    {
        Create(folder);
        var path = Path.Combine(folder, file.Name);
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await fetch(target, ct);
                target.Flush(flushToDisk: true);
            }

            if (await Digests.OfFileAsync(temporary, ct) != file.Digest)
                throw new InvalidDataException($"{file.Name} is not what was built: its content has another digest than {file.Digest}");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, file.Document is null ? ArtifactStore.ReadOnly : Document);
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // What is built is no source: where the folder lies within one, the next build would be another one by it.
    private static void Create(string folder)
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteAllText(Path.Combine(folder, ".gitignore"), "*\n", Document);
    }

    private static async Task CopyAsync(string path, Stream target, CancellationToken ct)
    {
        await using var source = File.OpenRead(path);
        await source.CopyToAsync(target, ct);
    }
}
