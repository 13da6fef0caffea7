using MyApp.Deployment.Sources;

namespace MyApp.Cli.Sources;

/// <summary>A source folder as an archive in a temporary file, gone when disposed.</summary>
internal sealed class PackedSource : IDisposable
{
    private PackedSource(string path, long bytes) => (Path, Bytes) = (path, bytes);

    public string Path { get; }

    public long Bytes { get; }

    public static async Task<PackedSource> PackAsync(string folder, CancellationToken ct)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"myapp-source-{System.IO.Path.GetRandomFileName()}.tar.gz");
        try
        {
            // Sources are nobody else's business.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var file = new FileStream(path, options);
            await SourceArchive.WriteAsync(folder, file, ct);
            return new PackedSource(path, file.Length);
        }
        catch (SourceRefusedException e)
        {
            File.Delete(path);
            throw new CommandFailedException(ExitCode.BadInput, e.Message, e);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    public void Dispose() => File.Delete(Path);
}
