using System.Text;
using MyApp.Guard.Native;
using MyApp.Supervision.Files;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>
/// Files of values, one an instance: <c>{environment}/{service}/{release}/{instance}/{name}</c>. A file is its service's user's and can only be
/// read; its folder stays the guard's, so that nobody can put a link where the guard is about to write.
/// </summary>
internal sealed class ConfigFolder(string folder)
{
    private const UnixFileMode Passable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string PathOf(Unit unit, string instance) => Path.Combine(FolderOf(unit), instance, unit.Config!.Name);

    /// <summary>Replaces the file of an instance whole. A power cut may take it: it is written anew before each start.</summary>
    public void Write(Unit unit, string instance, string text, ServiceUser user)
    {
        var path = PathOf(unit, instance);
        var own = Path.GetDirectoryName(path)!;
        foreach (var above in new[] { folder, Path.Combine(folder, unit.Environment), Path.Combine(folder, unit.Environment, unit.Service), FolderOf(unit) })
            Make(above, Passable);
        Make(own, user.Uid is null ? Owner : Owner | UnixFileMode.GroupExecute);
        if (user.Uid is not null)
            NativeException.ThrowIf(Libc.chown(own, Libc.geteuid(), user.Gid) < 0, $"chown {own}");
        // The program may read it at any time: a file that is there is already its own.
        AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead, durable: false, prepare: made =>
        {
            if (user.Uid is { } uid)
                NativeException.ThrowIf(Libc.chown(made, uid, user.Gid) < 0, $"chown {path}");
        });
    }

    public void Remove(Unit unit)
    {
        if (Directory.Exists(FolderOf(unit)))
            Directory.Delete(FolderOf(unit), recursive: true);
    }

    /// <summary>Removes what a guard that was killed has left of releases that are not declared any more.</summary>
    public void RemoveOthers(IEnumerable<Unit> declared)
    {
        if (!Directory.Exists(folder))
            return;
        var kept = declared.Select(FolderOf).ToHashSet(StringComparer.Ordinal);
        var releases = Directory.EnumerateDirectories(folder).SelectMany(Directory.EnumerateDirectories).SelectMany(Directory.EnumerateDirectories);
        foreach (var left in releases.Where(release => !kept.Contains(release)).ToList())
            Directory.Delete(left, recursive: true);
    }

    private string FolderOf(Unit unit) => Path.Combine(folder, unit.Environment, unit.Service, unit.Release);

    private static void Make(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
    }
}
