using MyApp.Supervision.Files;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>Writes a package so that under its name there is the whole of it or what was there before.</summary>
internal static class PackageFile
{
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            AtomicFile.SyncFolder(folder);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
