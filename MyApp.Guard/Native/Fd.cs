using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>Descriptors. Every one made here is close-on-exec.</summary>
internal static unsafe class Fd
{
    public static SafeFileHandle Open(string path, int flags, uint mode = 0)
    {
        var fd = Libc.open(path, flags | O_CLOEXEC, mode);
        NativeException.ThrowIf(fd < 0, $"open {path}");
        return Owned(fd);
    }

    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var fds = stackalloc int[2];
        NativeException.ThrowIf(Libc.pipe2(fds, O_CLOEXEC) < 0, "pipe2");
        return (Owned(fds[0]), Owned(fds[1]));
    }

    public static SafeFileHandle EventCounter()
    {
        var fd = Libc.eventfd(0, O_CLOEXEC | O_NONBLOCK);
        NativeException.ThrowIf(fd < 0, "eventfd");
        return Owned(fd);
    }

    public static SafeFileHandle Epoll()
    {
        var fd = Libc.epoll_create1(O_CLOEXEC);
        NativeException.ThrowIf(fd < 0, "epoll_create1");
        return Owned(fd);
    }

    public static SafeFileHandle PidFd(int pid)
    {
        var fd = (int)Libc.syscall(SYS_pidfd_open, pid, 0, 0, 0);
        NativeException.ThrowIf(fd < 0, $"pidfd_open {pid}");
        return Owned(fd);
    }

    public static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    public static void WriteAll(SafeFileHandle handle, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            nint written;
            fixed (byte* first = content)
                written = Libc.write(Number(handle), first, content.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() == EINTR)
                continue;
            NativeException.ThrowIf(written < 0, "write");
            content = content[(int)written..];
        }
    }

    /// <returns>Bytes read; 0 at the end; -1 when there is nothing to read now.</returns>
    public static int Read(int fd, Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* first = buffer)
                count = Libc.read(fd, first, buffer.Length);
            if (count >= 0)
                return (int)count;
            var errno = Marshal.GetLastPInvokeError();
            if (errno == EAGAIN)
                return -1;
            if (errno != EINTR)
                throw new NativeException("read", errno);
        }
    }

    public static byte[] ReadToEnd(int fd)
    {
        using var all = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        for (var count = Read(fd, buffer); count > 0; count = Read(fd, buffer))
            all.Write(buffer[..count]);
        return all.ToArray();
    }

    private static SafeFileHandle Owned(int fd) => new(fd, ownsHandle: true);
}
