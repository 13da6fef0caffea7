using System.Buffers;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Processes;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>
/// A FIFO in the file system through which an instance writes. Both ends open it for reading and writing: a guard that dies gives the
/// program no SIGPIPE, and what it writes meanwhile waits in the pipe for the next guard.
/// </summary>
internal sealed class OutputPipe : IDisposable
{
    private const int Capacity = 1024 * 1024;
    private const int BufferSize = 64 * 1024;
    private readonly SafeFileHandle handle;
    private readonly Poller poller;
    private readonly string path;
    private readonly Action<byte[]> onLine;
    private readonly Lock gate = new();
    private readonly List<byte> partial = [];

    /// <param name="onLine">Gets every line without its end; called on the poller's thread.</param>
    public OutputPipe(string path, Poller poller, Action<byte[]> onLine)
    {
        (this.path, this.poller, this.onLine) = (path, poller, onLine);
        // 0600: the program gets descriptors, not the path.
        if (!File.Exists(path))
            NativeException.ThrowIf(Libc.mkfifo(path, 0b110_000_000) < 0, $"mkfifo {path}");
        handle = Fd.Open(path, O_RDWR | O_NONBLOCK);
        // Best effort: an unprivileged user may be over its limit of pipe memory.
        _ = Libc.fcntl(Fd.Number(handle), F_SETPIPE_SZ, Capacity);
        poller.Add(Fd.Number(handle), () => Drain());
    }

    /// <summary>A blocking end for the program. Of its own open file: O_NONBLOCK is a property of that.</summary>
    public SafeFileHandle OpenForProgram(uint? owner)
    {
        // So that a program may open /dev/stdout once more as the user it has become.
        if (owner is { } uid)
            NativeException.ThrowIf(Libc.chown(path, uid, uint.MaxValue) < 0, $"chown {path}");
        return Fd.Open(path, O_RDWR);
    }

    /// <summary>Takes what has been written so far, with a last line that has no end; call it when the writers are gone.</summary>
    public void Finish()
    {
        lock (gate)
        {
            while (Drain())
            {
            }

            if (partial.Count > 0)
                EndLine();
        }
    }

    /// <summary>Leader of the session that has this pipe as its standard output.</summary>
    public ProcessIdentity? Writer() => ProcFs.All()
        .Where(p => !p.IsZombie && p.Pid == p.Session && ProcFs.LinkTarget(p.Pid, 1) == path)
        .Select(p => new ProcessIdentity(p.Pid, p.StartTime, ProcFs.BootId))
        .FirstOrDefault();

    public void Dispose()
    {
        poller.Remove(Fd.Number(handle));
        lock (gate)
            handle.Dispose();
        File.Delete(path);
    }

    private bool Drain()
    {
        lock (gate)
        {
            if (handle.IsClosed)
                return false;
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            var count = Fd.Read(Fd.Number(handle), buffer);
            foreach (var part in new LineParts(buffer.AsMemory(0, Math.Max(0, count))))
                Take(part.Text.Span, part.Ends);
            ArrayPool<byte>.Shared.Return(buffer);
            return count > 0;
        }
    }

    private void Take(ReadOnlySpan<byte> text, bool ends)
    {
        while (partial.Count + text.Length > LogLineFormat.MaxTextBytes)
        {
            var room = LogLineFormat.MaxTextBytes - partial.Count;
            partial.AddRange(text[..room]);
            text = text[room..];
            EndLine();
        }

        partial.AddRange(text);
        if (ends)
            EndLine();
    }

    private void EndLine()
    {
        if (partial.Count > 0 && partial[^1] == (byte)'\r')
            partial.RemoveAt(partial.Count - 1);
        onLine([.. partial]);
        partial.Clear();
    }
}
