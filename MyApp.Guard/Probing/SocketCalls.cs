using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Probing;

/// <summary>
/// Sockets that never block, straight from the kernel: a refused connection is an error number and no exception, and asking costs no
/// change of threads.
/// </summary>
internal static unsafe partial class SocketCalls
{
    public const short POLLOUT = 4;
    private const string C = "libc";
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int SO_REUSEADDR = 2;
    private const int Backlog = 128;
    private const int SHUT_RDWR = 2;
    private const int EISCONN = 106;
    private const int EALREADY = 114;
    private const int EINPROGRESS = 115;

    /// <returns>A descriptor, or minus an error number.</returns>
    public static int Open(IPEndPoint endPoint)
    {
        var family = endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
        var fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        return fd >= 0 ? fd : -Marshal.GetLastPInvokeError();
    }

    /// <param name="port">The one that was given or, for 0, found.</param>
    /// <returns>A descriptor, or minus an error number.</returns>
    public static int Listen(IPEndPoint endPoint, out int port)
    {
        port = endPoint.Port;
        var fd = Open(endPoint);
        if (fd < 0)
            return fd;
        var address = stackalloc byte[28];
        var length = (uint)Write(endPoint, new Span<byte>(address, 28));
        // A port that was let go of has connections in their last wait for minutes, which are no one's.
        var one = 1;
        _ = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(int));
        if (bind(fd, address, length) < 0 || listen(fd, Backlog) < 0 || getsockname(fd, address, &length) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            _ = Libc.close(fd);
            return -errno;
        }

        port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2));
        return fd;
    }

    /// <summary>Begins to connect, or asks how far that is: on loopback the second call has the outcome already.</summary>
    /// <returns>0: connected; -1: not yet; else an error number.</returns>
    public static int Connect(int fd, IPEndPoint endPoint)
    {
        var address = stackalloc byte[28];
        var length = Write(endPoint, new Span<byte>(address, 28));
        if (connect(fd, address, (uint)length) == 0)
            return 0;
        return Marshal.GetLastPInvokeError() switch
        {
            EISCONN => 0,
            EINPROGRESS or EALREADY or EINTR => -1,
            var errno => errno,
        };
    }

    /// <returns>Bytes taken; 0: none now; else minus an error number.</returns>
    public static int Send(int fd, ReadOnlySpan<byte> content)
    {
        fixed (byte* first = content)
        {
            var sent = send(fd, first, content.Length, MSG_NOSIGNAL);
            return sent >= 0 ? (int)sent : Marshal.GetLastPInvokeError() is EAGAIN or EINTR ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>Bytes read; 0: the other side has ended; null: none now; else minus an error number.</returns>
    public static int? Receive(int fd, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            var count = recv(fd, first, buffer.Length, 0);
            return count >= 0 ? (int)count : Marshal.GetLastPInvokeError() is EAGAIN or EINTR ? null : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>A listening socket listens no more, also while another thread's poll still holds it.</summary>
    public static void Shut(int fd) => _ = shutdown(fd, SHUT_RDWR);

    /// <summary>poll(2) with a timeout finer than milliseconds; null: without end.</summary>
    public static int Poll(Span<PollFd> fds, TimeSpan? patience)
    {
        var time = stackalloc long[2];
        var ticks = Math.Max(0, patience?.Ticks ?? 0);
        (time[0], time[1]) = (ticks / TimeSpan.TicksPerSecond, ticks % TimeSpan.TicksPerSecond * 100);
        fixed (PollFd* first = fds)
            return ppoll(first, (nuint)fds.Length, patience is null ? null : time, null);
    }

    // struct sockaddr_in, struct sockaddr_in6; see ip(7), ipv6(7).
    private static int Write(IPEndPoint endPoint, Span<byte> address)
    {
        address.Clear();
        var v6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        BinaryPrimitives.WriteUInt16LittleEndian(address, (ushort)(v6 ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        _ = endPoint.Address.TryWriteBytes(address[(v6 ? 8 : 4)..], out _);
        if (!v6)
            return 16;
        BinaryPrimitives.WriteUInt32LittleEndian(address[24..], (uint)endPoint.Address.ScopeId);
        return 28;
    }

    [LibraryImport(C, SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport(C, SetLastError = true)]
    private static partial int bind(int fd, byte* address, uint length);

    [LibraryImport(C, SetLastError = true)]
    private static partial int shutdown(int fd, int how);

    [LibraryImport(C, SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport(C, SetLastError = true)]
    private static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport(C, SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(C, SetLastError = true)]
    private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial int ppoll(PollFd* fds, nuint count, long* timeout, void* signalMask);
}
