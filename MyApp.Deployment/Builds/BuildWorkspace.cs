using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>A build's private folder: a copy of the source, a place for the output and for temporary files. Gone when disposed.</summary>
internal sealed class BuildWorkspace : IDisposable
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromDays(1);

    private BuildWorkspace(string folder) => Folder = folder;

    public string Folder { get; }

    public string Source => Path.Combine(Folder, "src");

    public string Output => Path.Combine(Folder, "out");

    public string Temporary => Path.Combine(Folder, "tmp");

    public static async Task<BuildWorkspace> CreateAsync(DataPaths paths, string source, CancellationToken ct)
    {
        RemoveStale(paths.Work);
        var workspace = new BuildWorkspace(Path.Combine(paths.Work, Path.GetRandomFileName()));
        try
        {
            BuildUser.MakePassable(paths.Work);
            MakePrivate(workspace.Folder);
            Directory.CreateDirectory(workspace.Output);
            Directory.CreateDirectory(workspace.Temporary);
            await new SourceStore(paths.Sources).ExtractAsync(source, workspace.Source, ct);
            return workspace;
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private static void MakePrivate(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // Left by a process that was killed while it built.
    private static void RemoveStale(string work)
    {
        if (!Directory.Exists(work))
            return;
        var before = TimeProvider.System.GetUtcNow().UtcDateTime - StaleAfter;
        foreach (var folder in Directory.EnumerateDirectories(work).Where(folder => Directory.GetLastWriteTimeUtc(folder) < before))
            Directory.Delete(folder, recursive: true);
    }
}
