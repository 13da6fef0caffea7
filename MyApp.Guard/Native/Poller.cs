using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>One thread that waits on many descriptors (pipes, pidfds) and calls back as they become readable.</summary>
internal sealed unsafe class Poller
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, Action> watched = [];
    private readonly SafeFileHandle wake = Fd.EventCounter();

    public Poller() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "poller" }.Start();

    /// <param name="onReadable">Called on the poller's thread again and again while the descriptor is readable; must not block.</param>
    public void Add(int fd, Action onReadable)
    {
        lock (gate)
            watched[fd] = onReadable;
        Wake();
    }

    /// <summary>The descriptor may be closed afterwards; a call back that has begun may still be running.</summary>
    public void Remove(int fd)
    {
        lock (gate)
            watched.Remove(fd);
        Wake();
    }

    private void Wake() => Fd.WriteAll(wake, BitConverter.GetBytes(1UL));

    private void Run()
    {
        var fds = Array.Empty<PollFd>();
        var count = new byte[8];
        while (true)
        {
            fds = Snapshot(fds);
            int ready;
            fixed (PollFd* first = fds)
                ready = Libc.poll(first, (nuint)fds.Length, -1);
            if (ready <= 0)
                continue;
            if (fds[0].Revents != 0)
                _ = Fd.Read(Fd.Number(wake), count);
            foreach (var fd in fds.AsSpan(1))
            {
                if (fd.Revents != 0)
                    Find(fd.Fd)?.Invoke();
            }
        }
    }

    private PollFd[] Snapshot(PollFd[] reused)
    {
        lock (gate)
        {
            var fds = reused.Length == watched.Count + 1 ? reused : new PollFd[watched.Count + 1];
            fds[0] = new PollFd { Fd = Fd.Number(wake), Events = POLLIN };
            var i = 1;
            foreach (var fd in watched.Keys)
                fds[i++] = new PollFd { Fd = fd, Events = POLLIN };
            return fds;
        }
    }

    private Action? Find(int fd)
    {
        lock (gate)
            return watched.GetValueOrDefault(fd);
    }
}
