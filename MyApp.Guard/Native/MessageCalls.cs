using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MyApp.Guard.Native;

/// <summary>Messages over unix sockets, which may carry a descriptor.</summary>
internal static unsafe partial class MessageCalls
{
    public const int SCM_RIGHTS = 1;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    // struct cmsghdr: length (with itself), level, type, data; each aligned to eight bytes.
    private const int HeaderLength = 16;
    private const int MSG_DONTWAIT = 0x40;
    private const string C = "libc";

    /// <summary>Waits while the other end has no room. What nobody is left to hear is lost.</summary>
    public static void Send(SafeFileHandle socket, ReadOnlySpan<byte> content, int? descriptor)
    {
        var control = stackalloc byte[HeaderLength + 8];
        fixed (byte* first = content)
        {
            var part = new IoVector { Base = first, Length = (nuint)content.Length };
            var header = new MessageHeader { Parts = &part, PartCount = 1 };
            if (descriptor is { } given)
            {
                *(long*)control = HeaderLength + sizeof(int);
                *(int*)(control + 8) = Constants.SOL_SOCKET;
                *(int*)(control + 12) = SCM_RIGHTS;
                *(long*)(control + HeaderLength) = given;
                header.Control = control;
                header.ControlLength = HeaderLength + 8;
            }

            while (sendmsg(Fd.Number(socket), &header, SocketConstants.MSG_NOSIGNAL) < 0 && Marshal.GetLastPInvokeError() == Constants.EINTR)
            {
            }
        }
    }

    /// <returns>Bytes of the next message; 0 or less: there is none now.</returns>
    public static int Receive(SafeFileHandle socket, Span<byte> content)
    {
        fixed (byte* first = content)
            return (int)Libc.recv(Fd.Number(socket), first, content.Length, MSG_DONTWAIT);
    }

    /// <returns>As recvmsg(2).</returns>
    [LibraryImport(C, SetLastError = true)]
    public static partial nint recvmsg(int fd, MessageHeader* header, int flags);

    [LibraryImport(C, SetLastError = true)]
    private static partial nint sendmsg(int fd, MessageHeader* header, int flags);
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct msghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Parts;
    public nuint PartCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}
