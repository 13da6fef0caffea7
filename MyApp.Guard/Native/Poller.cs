using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>One thread that waits on many descriptors (pipes, pidfds) and calls back as they become readable.</summary>
internal sealed unsafe class Poller
{
    private const int Batch = 64;

    // struct epoll_event is packed on x86-64 and nowhere else; see epoll_ctl(2).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(ulong);
    private readonly Lock gate = new();
    private readonly Dictionary<int, Watched> watched = [];
    private readonly SafeFileHandle epoll = Fd.Epoll();
    private uint generation;

    public Poller() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "poller" }.Start();

    /// <param name="onReadable">Called on the poller's thread again and again while the descriptor is readable; must not block.</param>
    public void Add(int fd, Action onReadable)
    {
        lock (gate)
        {
            watched[fd] = new Watched(++generation, onReadable);
            NativeException.ThrowIf(Change(EPOLL_CTL_ADD, fd, generation) < 0, "epoll_ctl");
        }
    }

    /// <summary>Call it before the descriptor is closed; a call back that has begun may still be running.</summary>
    public void Remove(int fd)
    {
        lock (gate)
        {
            if (watched.Remove(fd))
                _ = Change(EPOLL_CTL_DEL, fd, 0);
        }
    }

    private int Change(int operation, int fd, uint number)
    {
        var change = stackalloc byte[16];
        *(uint*)change = EPOLLIN;
        *(ulong*)(change + DataOffset) = ((ulong)number << 32) | (uint)fd;
        return Libc.epoll_ctl(Fd.Number(epoll), operation, fd, change);
    }

    private void Run()
    {
        var events = stackalloc byte[Batch * 16];
        while (true)
        {
            var count = Libc.epoll_wait(Fd.Number(epoll), events, Batch, -1);
            for (var i = 0; i < count; i++)
                Find(*(ulong*)(events + (i * EventSize) + DataOffset))?.Invoke();
        }
    }

    // The number may be another descriptor's by now: one that an earlier call back of this batch has closed and opened anew.
    private Action? Find(ulong data)
    {
        lock (gate)
            return watched.TryGetValue((int)(uint)data, out var found) && found.Generation == (uint)(data >> 32) ? found.OnReadable : null;
    }

    private readonly record struct Watched(uint Generation, Action OnReadable);
}
