using System.Runtime.InteropServices;
using System.Text;

namespace MyApp.Supervision.Files;

/// <summary>
/// The one home for writing state: a temporary file beside the target, fsync, rename, fsync of the folder, so that a reader sees
/// the old content or the new and never a part, also after a power cut.
/// </summary>
public static partial class AtomicFile
{
    // O_RDONLY | O_CLOEXEC; O_DIRECTORY differs between architectures and is not needed.
    private const int ReadOnlyFolder = 0x80000;
    private const int InvalidArgument = 22;

    /// <param name="mode">Permissions of the new file; null: what the umask leaves of 0644.</param>
    public static void WriteAllText(string path, string text, UnixFileMode? mode = null) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text), mode);

    /// <inheritdoc cref="WriteAllText"/>
    /// <param name="durable">False: safe from the death of any process, and left to the kernel to bring to the disk.</param>
    /// <param name="prepare">Given the path of the new file before that takes its place: what it does is never seen half done.</param>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, UnixFileMode? mode = null, bool durable = true, Action<string>? prepare = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            using (var file = new FileStream(temporary, Options(mode)))
            {
                file.Write(content);
                file.Flush(flushToDisk: durable);
            }

            prepare?.Invoke(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        if (durable)
            SyncFolder(folder);
    }

    /// <summary>Makes renames and deletions in a folder durable.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        // File.OpenHandle refuses folders, so through the C library.
        var fd = Open(folder, ReadOnlyFolder, 0);
        if (fd < 0)
            throw Failure(folder);
        try
        {
            // EINVAL: a file system that has nothing to sync for a folder (some network and overlay ones).
            if (Fsync(fd) < 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw Failure(folder);
        }
        finally
        {
            _ = Close(fd);
        }
    }

    // With errno in HResult, as the exceptions of System.IO have it.
    private static IOException Failure(string folder) => new($"{folder}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    private static FileStreamOptions Options(UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (mode is { } m && !OperatingSystem.IsWindows())
            options.UnixCreateMode = m;
        return options;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);
}
