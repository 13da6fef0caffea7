using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MyApp.Supervision.Files;

/// <summary>
/// The one home for writing state: a temporary file beside the target, fsync, rename, fsync of the folder, so that a reader sees
/// the old content or the new and never a part, also after a power cut.
/// </summary>
public static class AtomicFile
{
    /// <param name="mode">Permissions of the new file; null: what the umask leaves of 0644.</param>
    public static void WriteAllText(string path, string text, UnixFileMode? mode = null) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text), mode);

    /// <inheritdoc cref="WriteAllText"/>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = new FileStream(temporary, Options(mode)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncFolder(folder);
    }

    /// <summary>Makes renames and deletions in a folder durable.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using SafeFileHandle handle = File.OpenHandle(folder, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static FileStreamOptions Options(UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (mode is { } m && !OperatingSystem.IsWindows())
            options.UnixCreateMode = m;
        return options;
    }
}
