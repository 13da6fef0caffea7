using MyApp.Deployment.Sources;

namespace MyApp.Cli.Sources;

/// <summary>A folder with what a command is to build: one of this machine, or what a repository or archive holds, for as long as it takes.</summary>
internal sealed class SourceCheckout : IDisposable
{
    private static readonly TimeSpan GitTimeout = TimeSpan.FromMinutes(5);
    private readonly DirectoryInfo? temporary;

    // An absolute path, or null: what an archive holds is in no repository, whatever it says.
    private readonly string? workTree;

    private SourceCheckout(string folder, DirectoryInfo? temporary, string? workTree) => (Folder, this.temporary, this.workTree) = (folder, temporary, workTree);

    public string Folder { get; }

    /// <returns>Null: not from a repository.</returns>
    public Task<VcsState?> VcsAsync(CancellationToken ct) => workTree is null ? Task.FromResult<VcsState?>(null) : Git.StateAsync(workTree, ct);

    /// <param name="place">A folder, a tar.gz, or a repository's address with <c>#ref</c>.</param>
    /// <param name="submodules">Of a repository's address: fetch them too.</param>
    /// <exception cref="CommandFailedException">Bad input.</exception>
    public static async Task<SourceCheckout> OpenAsync(Invocation call, string place, bool submodules, CancellationToken ct)
    {
        var address = GitAddress.Parse(place);
        var archive = place.EndsWith(".tar.gz", StringComparison.Ordinal) || place.EndsWith(".tgz", StringComparison.Ordinal);
        if (address is null && !archive)
            return new(place, null, call.Host.FullPath(place));
        var temporary = Directory.CreateTempSubdirectory("myapp-source-");
        try
        {
            var folder = Path.Combine(temporary.FullName, "source");
            if (address is not null)
                await Git.FetchAsync(address, folder, submodules, GitTimeout, ct);
            else
                await UnpackAsync(call.Host.FullPath(place), temporary.FullName, folder, ct);
            return new(folder, temporary, address is null ? null : folder);
        }
        catch (SourceRefusedException e)
        {
            temporary.Delete(recursive: true);
            throw new CommandFailedException(ExitCode.BadInput, e.Message, e);
        }
        catch
        {
            temporary.Delete(recursive: true);
            throw;
        }
    }

    public void Dispose() => temporary?.Delete(recursive: true);

    private static async Task UnpackAsync(string archive, string temporary, string folder, CancellationToken ct)
    {
        if (!File.Exists(archive))
            throw new CommandFailedException(ExitCode.BadInput, $"there is no file {archive}");
        await using var stream = File.OpenRead(archive);
        var store = new SourceStore(Path.Combine(temporary, "store"));
        await store.ExtractAsync((await store.SaveAsync(stream, long.MaxValue, ct)).Digest, folder, ct);
    }
}
