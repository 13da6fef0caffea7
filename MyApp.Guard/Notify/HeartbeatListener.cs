using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Guard.Probing;

namespace MyApp.Guard.Notify;

/// <summary>Takes POSTs on a port of the loopback address. No connection of its has a time limit: of too many, the oldest goes.</summary>
internal sealed unsafe partial class HeartbeatListener : IDisposable
{
    private const int MaxConnections = 512;
    private const int SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private const string C = "libc";
    private readonly SafeFileHandle handle;
    private readonly Poller poller;
    private readonly Func<string, bool> beat;
    private readonly Lock gate = new();
    private readonly LinkedList<int> connections = [];
    private readonly byte[] buffer = new byte[4096];

    private HeartbeatListener(int fd, int port, Poller poller, Func<string, bool> beat)
    {
        (handle, Port, this.poller, this.beat) = (new SafeFileHandle(fd, ownsHandle: true), port, poller, beat);
        poller.Add(fd, Accept);
    }

    public int Port { get; }

    /// <param name="port">0: any free one.</param>
    /// <param name="beat">Gets the token of each POST, on the poller's thread; false: it is nobody's.</param>
    /// <returns>Null: the port is taken.</returns>
    public static HeartbeatListener? TryOpen(int port, Poller poller, Func<string, bool> beat)
    {
        var fd = SocketCalls.Listen(new IPEndPoint(IPAddress.Loopback, port), out var bound);
        return fd < 0 ? null : new HeartbeatListener(fd, bound, poller, beat);
    }

    public void Dispose()
    {
        poller.Remove(Fd.Number(handle));
        lock (gate)
        {
            foreach (var fd in connections.ToList())
                Close_NeedsLock(fd);
            SocketCalls.Shut(Fd.Number(handle));
            handle.Dispose();
        }
    }

    private void Accept()
    {
        lock (gate)
        {
            if (handle.IsClosed)
                return;
            var fd = accept4(Fd.Number(handle), null, null, SOCK_NONBLOCK_CLOEXEC);
            if (fd < 0)
            {
                // No descriptors are left: the oldest connection gives up its own, or this would be called without end.
                if (connections.First is { } oldest)
                    Close_NeedsLock(oldest.Value);
                return;
            }

            if (connections.Count >= MaxConnections)
                Close_NeedsLock(connections.First!.Value);
            connections.AddLast(fd);
            var requests = new HeartbeatRequests(beat);
            poller.Add(fd, () => Read(fd, requests));
        }
    }

    private void Read(int fd, HeartbeatRequests requests)
    {
        lock (gate)
        {
            if (!connections.Contains(fd))
                return;
            var count = SocketCalls.Receive(fd, buffer);
            if (count is null)
                return;
            var goesOn = false;
            if (count > 0)
            {
                (var answer, goesOn) = requests.Take(buffer.AsSpan(0, count.Value));
                if (answer.Length > 0)
                    _ = SocketCalls.Send(fd, Encoding.ASCII.GetBytes(answer));
            }

            if (!goesOn)
                Close_NeedsLock(fd);
        }
    }

    private void Close_NeedsLock(int fd)
    {
        poller.Remove(fd);
        connections.Remove(fd);
        _ = Libc.close(fd);
    }

    [LibraryImport(C, SetLastError = true)]
    private static partial int accept4(int fd, void* address, void* length, int flags);
}
