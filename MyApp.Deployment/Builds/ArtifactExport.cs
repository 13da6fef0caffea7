using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds;

/// <summary>Takes an artifact out of the store, to carry it elsewhere.</summary>
public static class ArtifactExport
{
    /// <summary><c>orders-linux-amd64</c>; of Windows with <c>.exe</c>.</summary>
    public static string NameOf(Artifact artifact) =>
        $"{artifact.FileName}-{artifact.Platform.Replace('/', '-')}{(Platforms.Os(artifact.Platform) == "windows" ? ".exe" : "")}";

    /// <summary>Writes the executable, its bill of materials and its provenance; what is there under these names is replaced.</summary>
    /// <returns>The paths of the three.</returns>
    /// <exception cref="InvalidDataException">The store's file was changed or is gone.</exception>
    public static async Task<IReadOnlyList<string>> WriteAsync(ArtifactStore store, Artifact artifact, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, NameOf(artifact));
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await store.CopyToAsync(artifact.Digest, temporary, ct);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        var written = new List<string> { path };
        foreach (var kind in new[] { ArtifactDocuments.Sbom, ArtifactDocuments.Provenance })
        {
            if (ArtifactDocuments.Read(store, artifact, kind) is not { } document)
                continue;
            AtomicFile.WriteAllBytes($"{path}.{kind}", document);
            written.Add($"{path}.{kind}");
        }

        return written;
    }
}
