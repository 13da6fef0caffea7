using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>The live file of one stream. Used under the pump's gate.</summary>
internal sealed unsafe class LogFile(string folder, LogStream stream, TimeProvider clock) : IDisposable
{
    private const uint Mode = 0b110_100_000;
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private SafeFileHandle? handle;
    private FileIdentity? identity;
    private DateTimeOffset lastWrite;
    private DateTimeOffset? lastRotation;
    private long checkedAt;
    private bool endsInsideLine;

    public string Path { get; } = System.IO.Path.Combine(folder, $"{stream.Name()}.log");

    /// <summary>Bytes in it.</summary>
    public long Length { get; private set; }

    public FileIdentity? Identity => identity;

    /// <summary>Makes it ready to be written to: open, of this period, and the one its name stands for.</summary>
    /// <returns>Whether the one before was rotated.</returns>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="NativeException">It can't be opened.</exception>
    public bool Prepare(LogRule rule, DateTimeOffset now)
    {
        if (handle is null || WasTakenAway())
            Open();
        if (!LogRotation.IsDue(rule, Length, lastWrite, now, 0))
            return false;
        Rotate(now);
        return true;
    }

    /// <summary>Begins a new file.</summary>
    public void Rotate(DateTimeOffset now)
    {
        Dispose();
        lastRotation = RotatedLog.NextTime(now, lastRotation ?? YoungestRotated());
        File.Move(Path, System.IO.Path.Combine(folder, new RotatedLog(stream, lastRotation.Value, false).Name));
        Open();
    }

    /// <summary>Adds whole lines, all or none.</summary>
    /// <returns>Null, or why it could not be done.</returns>
    public string? TryAppend(ReadOnlySpan<byte> lines, DateTimeOffset now)
    {
        var before = Length;
        if (endsInsideLine && TryWrite("\n"u8) is { } problem)
            return problem;
        if (TryWrite(lines) is { } trouble)
        {
            CutTo(before);
            return trouble;
        }

        endsInsideLine = false;
        lastWrite = now;
        return null;
    }

    /// <summary>Moves whole lines from a pipe inside the kernel.</summary>
    /// <returns>Bytes moved, and why they are fewer than asked for.</returns>
    public (int Moved, string? Problem) TrySplice(int pipe, int count, DateTimeOffset now)
    {
        if (endsInsideLine && TryWrite("\n"u8) is { } torn)
            return (0, torn);
        (endsInsideLine, lastWrite) = (false, now);
        // splice(2) refuses a file that is only appended to.
        _ = Libc.fcntl(Fd.Number(handle!), PipeCalls.F_SETFL, 0);
        string? problem = null;
        var moved = 0;
        while (moved < count && problem is null)
        {
            var offset = Length;
            var step = PipeCalls.splice(pipe, null, Fd.Number(handle!), &offset, count - moved, 0);
            if (step <= 0)
                problem = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            Length += Math.Max(0, step);
            moved += (int)Math.Max(0, step);
        }

        _ = Libc.fcntl(Fd.Number(handle!), PipeCalls.F_SETFL, PipeCalls.O_APPEND);
        return (moved, problem);
    }

    /// <summary>The last bytes of the file.</summary>
    public ReadOnlySpan<byte> ReadLast(Span<byte> into)
    {
        var wanted = (int)Math.Min(into.Length, Length);
        fixed (byte* first = into)
            return into[..Math.Max(0, (int)PipeCalls.pread(Fd.Number(handle!), first, wanted, Length - wanted))];
    }

    /// <summary>Takes back what was added since it had this length.</summary>
    public void CutTo(long length)
    {
        if (handle is null || PipeCalls.ftruncate(Fd.Number(handle), length) < 0)
            return;
        Length = length;
    }

    public void Dispose()
    {
        handle?.Dispose();
        handle = null;
    }

    private void Open()
    {
        Dispose();
        Directory.CreateDirectory(folder, FolderMode);
        handle = Fd.Open(Path, O_RDWR | O_CREAT | PipeCalls.O_APPEND, Mode);
        identity = FileIdentity.Of(Fd.Number(handle));
        Length = RandomAccess.GetLength(handle);
        lastWrite = File.GetLastWriteTimeUtc(handle);
        checkedAt = clock.GetTimestamp();
        // What was killed while it wrote has left a part of a line.
        byte last;
        endsInsideLine = Length > 0 && PipeCalls.pread(Fd.Number(handle), &last, 1, Length - 1) == 1 && last != (byte)'\n';
    }

    // Moved or deleted, alone or with its folder: what is written from now on belongs under the name again.
    private bool WasTakenAway()
    {
        if (clock.GetElapsedTime(checkedAt) < CheckEvery)
            return false;
        checkedAt = clock.GetTimestamp();
        return FileIdentity.Of(Path) != identity;
    }

    private string? TryWrite(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* first = bytes)
                written = Libc.write(Fd.Number(handle!), first, bytes.Length);
            if (written < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno == EINTR)
                    continue;
                return Marshal.GetPInvokeErrorMessage(errno);
            }

            Length += written;
            bytes = bytes[(int)written..];
        }

        return null;
    }

    private DateTimeOffset? YoungestRotated() => Directory.EnumerateFiles(folder, $"{stream.Name()}-*")
        .Select(p => RotatedLog.Parse(System.IO.Path.GetFileName(p)))
        .Where(r => r?.Stream == stream).Max(r => r?.Ended);
}
