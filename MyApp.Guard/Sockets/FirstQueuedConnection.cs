using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Sockets;

/// <summary>Waits for a connection in the kernel's queue of sockets that nobody accepts from. It stays there for whoever inherits them.</summary>
internal sealed class FirstQueuedConnection : IDisposable
{
    private readonly Poller poller;
    private readonly Action onWanted;
    private readonly Lock gate = new();
    private readonly List<SafeFileHandle> watched = [];
    private bool told;

    /// <param name="listeners">Descriptors, which stay the caller's.</param>
    /// <param name="onWanted">Called once, on the poller's thread: must not block.</param>
    public FirstQueuedConnection(IEnumerable<int> listeners, Poller poller, Action onWanted)
    {
        (this.poller, this.onWanted) = (poller, onWanted);
        lock (gate)
        {
            foreach (var listener in listeners)
            {
                // Of our own, as several replicas wait at one socket.
                var copy = Duplicate(listener);
                watched.Add(copy);
                poller.Add(Fd.Number(copy), Tell);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var copy in watched)
            {
                poller.Remove(Fd.Number(copy));
                copy.Dispose();
            }

            watched.Clear();
        }
    }

    private static SafeFileHandle Duplicate(int fd)
    {
        var copy = Libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
        NativeException.ThrowIf(copy < 0, "fcntl");
        return new SafeFileHandle(copy, ownsHandle: true);
    }

    private void Tell()
    {
        lock (gate)
        {
            // Readable until somebody accepts, so once is enough.
            watched.ForEach(w => poller.Remove(Fd.Number(w)));
            if (told)
                return;
            told = true;
        }

        onWanted();
    }
}
