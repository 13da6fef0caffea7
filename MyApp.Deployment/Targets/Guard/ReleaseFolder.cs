using System.Globalization;
using System.Text.Json;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Files;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Targets.Guard;

/// <summary>
/// A service's releases on this machine: <c>{services}/{service}/releases/{id}/{bin,config,unit}</c> and <c>current</c>, which points to
/// the one that was switched to last. A release appears whole, by the rename of its folder, or not at all.
/// </summary>
internal sealed class ReleaseFolder(DataPaths paths, ArtifactStore artifacts)
{
    public const int Kept = 5;
    private const string Placing = ".placing-";
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // The unit holds the environment, which is the service's own business.
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task PlaceAsync(Release release, CancellationToken ct)
    {
        var folder = paths.Release(release.Service, release.Id);
        if (await IsWholeAsync(release, folder, ct))
            return;
        foreach (var above in new[] { paths.Services, Path.Combine(paths.Services, release.Service), paths.Releases(release.Service) })
            MakeReadable(above);
        var temporary = Path.Combine(paths.Releases(release.Service), $"{Placing}{release.Id}-{Path.GetRandomFileName()}");
        try
        {
            await FillAsync(release, temporary, ct);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
            AtomicFile.SyncFolder(paths.Releases(release.Service));
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Points <c>current</c> to the release; a reader finds the old one or the new one at any time.</summary>
    public void SetCurrent(Release release)
    {
        var service = Path.Combine(paths.Services, release.Service);
        var temporary = Path.Combine(service, $".current-{Path.GetRandomFileName()}");
        File.CreateSymbolicLink(temporary, Path.Combine("releases", release.Id));
        Renaming.Replace(temporary, Path.Combine(service, "current"));
        AtomicFile.SyncFolder(service);
    }

    /// <summary>Removes the oldest of an environment's releases beyond <see cref="Kept"/>, but none that is in use.</summary>
    public void RemoveOld(string service, string environment, IReadOnlySet<string> inUse)
    {
        var prefix = $"{service}-{environment}-";
        var old = Directory.EnumerateDirectories(paths.Releases(service), prefix + "*")
            .Select(path => (path, number: NumberOf(Path.GetFileName(path), prefix)))
            .Where(found => found.number is not null)
            .OrderByDescending(found => found.number)
            .Skip(Kept)
            .Where(found => !inUse.Contains(Path.GetFileName(found.path)));
        foreach (var (path, _) in old.ToList())
            Directory.Delete(path, recursive: true);
    }

    private async Task FillAsync(Release release, string folder, CancellationToken ct)
    {
        foreach (var name in new[] { "bin", "config", "unit" })
            MakeReadable(Path.Combine(folder, name));
        await artifacts.CopyToAsync(release.Artifact, Path.Combine(folder, "bin", Path.GetFileName(release.Unit.Executable)), ct);
        AtomicFile.WriteAllText(
            Path.Combine(folder, "unit", "unit.json"), JsonSerializer.Serialize(release.Unit, UnitJson.Default.Unit), Private);
    }

    private static async Task<bool> IsWholeAsync(Release release, string folder, CancellationToken ct)
    {
        var executable = Path.Combine(folder, "bin", Path.GetFileName(release.Unit.Executable));
        return File.Exists(executable) && File.Exists(Path.Combine(folder, "unit", "unit.json")) && await Digests.OfFileAsync(executable, ct) == release.Artifact;
    }

    // The service's user, which owns nothing here, must get to its executable whatever this process's umask is.
    private static void MakeReadable(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, Readable);
    }

    private static int? NumberOf(string id, string prefix) =>
        int.TryParse(id.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
