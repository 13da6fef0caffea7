using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Spawning;

/// <summary>Takes all that a program writes, so that it never waits for us, and keeps the first line.</summary>
internal sealed class FirstLine : IDisposable
{
    private const int KeptBytes = 200;
    private const int SetFlags = 4;
    private readonly Lock gate = new();
    private readonly Poller poller;
    private readonly SafeFileHandle read;
    private readonly byte[] kept = new byte[KeptBytes];
    private SafeFileHandle? write;
    private int length;

    public FirstLine(Poller poller)
    {
        this.poller = poller;
        (read, write) = Fd.Pipe();
        _ = Libc.fcntl(Fd.Number(read), SetFlags, O_NONBLOCK);
        poller.Add(Fd.Number(read), () => Drain());
    }

    /// <summary><c> (text)</c>, or nothing.</summary>
    public string Text
    {
        get
        {
            while (Drain())
            {
            }

            lock (gate)
            {
                var line = Encoding.UTF8.GetString(kept, 0, length).TrimStart().Split('\n')[0].TrimEnd();
                return line.Length == 0 ? "" : $" ({line})";
            }
        }
    }

    /// <summary>Once: the end to write to, which the caller closes.</summary>
    public SafeFileHandle OpenForProgram() => Interlocked.Exchange(ref write, null)!;

    public void Dispose()
    {
        poller.Remove(Fd.Number(read));
        lock (gate)
            read.Dispose();
        write?.Dispose();
    }

    private bool Drain()
    {
        lock (gate)
        {
            if (read.IsClosed)
                return false;
            Span<byte> buffer = stackalloc byte[1024];
            var count = Fd.Read(Fd.Number(read), buffer);
            if (count == 0)
                poller.Remove(Fd.Number(read));
            var room = Math.Min(Math.Max(0, count), kept.Length - length);
            buffer[..room].CopyTo(kept.AsSpan(length));
            length += room;
            return count > 0;
        }
    }
}
