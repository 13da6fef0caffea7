using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds;

/// <summary>A build's private folder: a copy of the source, a place for the output and for temporary files. Gone when disposed.</summary>
internal sealed class BuildWorkspace : IDisposable
{
    // Beside the folder, because everything in it is given to the build's user.
    private const string Owner = ".owner";
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);
    private readonly IDisposable owned;

    private BuildWorkspace(string folder, IDisposable owned) => (Folder, this.owned) = (folder, owned);

    public string Folder { get; }

    public string Source => Path.Combine(Folder, "src");

    public string Output => Path.Combine(Folder, "out");

    public string Temporary => Path.Combine(Folder, "tmp");

    public static async Task<BuildWorkspace> CreateAsync(DataPaths paths, string source, CancellationToken ct)
    {
        RemoveStale(paths.Work);
        BuildUser.MakePassable(paths.Work);
        var folder = Path.Combine(paths.Work, Path.GetRandomFileName());
        var workspace = new BuildWorkspace(folder, new StoreLock(folder + Owner).TryTakeLock()!);
        try
        {
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
        Remove(Folder);
        owned.Dispose();
        Remove(Folder + Owner);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static void MakePrivate(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // Left by a process that was killed while it built: the kernel let go of its lock.
    private static void RemoveStale(string work)
    {
        if (!Directory.Exists(work))
            return;
        // Young ones may be between making their folder and locking it.
        var before = (TimeProvider.System.GetUtcNow() - StaleAfter).UtcDateTime;
        foreach (var owner in Directory.EnumerateDirectories(work, "*" + Owner).Where(path => Directory.GetLastWriteTimeUtc(path) < before))
        {
            using var free = new StoreLock(owner).TryTakeLock();
            if (free is null)
                continue;
            Remove(owner[..^Owner.Length]);
            Remove(owner);
        }
    }
}
