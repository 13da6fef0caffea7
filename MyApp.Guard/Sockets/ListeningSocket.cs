using System.Net;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Keeping;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>
/// A TCP socket that listens, whoever accepts from it. Its backlog is as long as net.core.somaxconn allows: what the kernel holds there
/// is not refused.
/// </summary>
internal sealed unsafe class ListeningSocket : IDisposable
{
    private const int KeepAliveSeconds = 120;
    private readonly SafeFileHandle handle;
    private IDescriptorStore store = NoStore.Instance;

    private ListeningSocket(string name, SafeFileHandle handle, IPEndPoint address) => (Name, this.handle, Address) = (name, handle, address);

    /// <summary>What it is for, e.g. <c>forward:prod/orders/http</c>.</summary>
    public string Name { get; }

    public IPEndPoint Address { get; }

    public int Descriptor => Fd.Number(handle);

    /// <param name="blocking">As the programs that inherit it expect; it is the same for all who share the socket.</param>
    /// <exception cref="NativeException">EADDRINUSE: the port is taken; EACCES: it is not ours to take.</exception>
    public static ListeningSocket Bind(string name, IPEndPoint address, bool blocking)
    {
        var fd = Libc.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0);
        NativeException.ThrowIf(fd < 0, "socket");
        var handle = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            // Connections of the past that the kernel still remembers don't keep the port; a listener does.
            SocketOption.Set(Fd.Number(handle), Constants.SOL_SOCKET, SO_REUSEADDR, 1);
            var native = SocketAddress.Of(address);
            NativeException.ThrowIf(Libc.bind(Fd.Number(handle), &native, SocketAddress.Size) < 0, $"bind {address}");
            NativeException.ThrowIf(Libc.listen(Fd.Number(handle), int.MaxValue) < 0, $"listen {address}");
            return new ListeningSocket(name, handle, AddressOf(Fd.Number(handle))!);
        }
        catch (NativeException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Takes a descriptor over from whoever opened it.</summary>
    /// <returns>Null, and the descriptor is closed, when it is no socket that listens on a port.</returns>
    public static ListeningSocket? Adopt(string name, int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // What has passed an execve may have lost it on its way.
        _ = Libc.fcntl(Fd.Number(handle), Constants.F_SETFD, Constants.FD_CLOEXEC);
        if (SocketOption.Get(Fd.Number(handle), Constants.SOL_SOCKET, SO_ACCEPTCONN) == 1 && AddressOf(Fd.Number(handle)) is { } address)
            return new ListeningSocket(name, handle, address);
        handle.Dispose();
        return null;
    }

    /// <summary>Null: it is no socket of IPv4.</summary>
    public static IPEndPoint? AddressOf(int fd)
    {
        SocketAddress address = default;
        var size = SocketAddress.Size;
        return Libc.getsockname(fd, &address, &size) == 0 && address.IsIPv4 ? address.ToEndPoint() : null;
    }

    /// <summary>Makes every connection accepted from now on send at once, and notice a client that is gone; both pass from listener to connection.</summary>
    public void PassOnWithoutDelay()
    {
        _ = Libc.fcntl(Descriptor, F_SETFL, Constants.O_NONBLOCK);
        SocketOption.Set(Descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
        SocketOption.Set(Descriptor, Constants.SOL_SOCKET, SO_KEEPALIVE, 1);
        SocketOption.Set(Descriptor, IPPROTO_TCP, TCP_KEEPIDLE, KeepAliveSeconds);
    }

    /// <summary>Kept there, by its name, as long as it is open here, and beyond.</summary>
    public void KeepIn(IDescriptorStore keeper)
    {
        store = keeper;
        keeper.Keep(Name, Descriptor);
    }

    public void Dispose()
    {
        if (handle.IsClosed)
            return;
        // Ends the listening for every holder, or the port would still be taken for whoever binds it next.
        if (store.IsElsewhere)
            _ = Libc.shutdown(Descriptor, SHUT_RDWR);
        handle.Dispose();
        store.Forget(Name);
    }
}
