using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Tests.Deployment.Builds;

internal static class SourceUpload
{
    /// <summary>Packs a folder into the source store; returns its digest.</summary>
    public static async Task<string> SaveAsync(DataPaths paths, string folder, CancellationToken ct)
    {
        using var archive = new MemoryStream();
        await SourceArchive.WriteAsync(folder, archive, ct);
        archive.Position = 0;
        return (await new SourceStore(paths.Sources).SaveAsync(archive, 64 << 20, ct)).Digest;
    }
}
