using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Probes;

namespace MyApp.Guard.Notify;

/// <summary>
/// The other end of an instance's <c>NOTIFY_SOCKET</c>: a datagram socket at a path, which a guard after this one binds anew, so that a
/// service that runs on reaches that one. The kernel says who sent each message.
/// </summary>
internal sealed unsafe class NotifySocket : IDisposable
{
    /// <summary>sockaddr_un holds 108 bytes with the final NUL; unix(7).</summary>
    public const int MaxPath = 107;
    private const int AF_UNIX = 1;
    private const int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private const int SO_PASSCRED = 16;
    private const int SCM_CREDENTIALS = 2;
    private const int MaxMessage = 4096;
    private const int MaxControl = 1024;
    // A flood of messages must not keep the poller's thread from everything else.
    private const int AtOnce = 16;
    private readonly SafeFileHandle handle;
    private readonly Poller poller;
    private readonly NotifySender sender;
    private readonly Action<NotifyMessage> onMessage;

    /// <param name="path">At most <see cref="MaxPath"/> bytes; what is there is replaced.</param>
    /// <param name="onMessage">Called on the poller's thread; must not block.</param>
    public NotifySocket(string path, NotifySender sender, Poller poller, Action<NotifyMessage> onMessage)
    {
        (Path, this.sender, this.poller, this.onMessage) = (path, sender, poller, onMessage);
        var fd = Libc.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
        NativeException.ThrowIf(fd < 0, "socket");
        handle = new SafeFileHandle(fd, ownsHandle: true);
        File.Delete(path);
        Bind(path);
        var one = 1;
        NativeException.ThrowIf(Libc.setsockopt(fd, Constants.SOL_SOCKET, SO_PASSCRED, &one, sizeof(int)) < 0, "setsockopt SO_PASSCRED");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Libc.geteuid() == 0)
            NativeException.ThrowIf(Libc.chown(path, sender.Uid, uint.MaxValue) < 0, $"chown {path}");
        poller.Add(fd, Receive);
    }

    public string Path { get; }

    public void Dispose()
    {
        poller.Remove(Fd.Number(handle));
        lock (handle)
            handle.Dispose();
        File.Delete(Path);
    }

    private void Bind(string path)
    {
        var address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = AF_UNIX;
        var length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, MaxPath));
        NativeException.ThrowIf(Libc.bind(Fd.Number(handle), address, (uint)(2 + length + 1)) < 0, $"bind {path}");
    }

    private void Receive()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            NotifyMessage? message;
            lock (handle)
            {
                if (handle.IsClosed || !TryReceive(out message))
                    return;
            }

            if (message is not null)
                onMessage(message);
        }
    }

    // False: nothing is there. A message that is nobody's is taken and comes to nothing.
    private bool TryReceive(out NotifyMessage? message)
    {
        message = null;
        var content = stackalloc byte[MaxMessage];
        var control = stackalloc byte[MaxControl];
        var part = new IoVector { Base = content, Length = MaxMessage };
        var header = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = MaxControl };
        var count = MessageCalls.recvmsg(Fd.Number(handle), &header, MessageCalls.MSG_CMSG_CLOEXEC);
        if (count < 0)
            return false;
        var (pid, uid) = Credentials(new ReadOnlySpan<byte>(control, (int)header.ControlLength));
        if (pid > 0 && sender.Includes(pid, uid))
            message = NotifyMessage.Parse(new ReadOnlySpan<byte>(content, (int)count));
        return true;
    }

    // struct cmsghdr: length (with itself), level, type, data; each aligned to eight bytes. Descriptors that came along are closed, which is
    // all that a BARRIER asks for.
    private static (int Pid, uint Uid) Credentials(ReadOnlySpan<byte> control)
    {
        const int HeaderLength = 16;
        var sender = (Pid: 0, Uid: uint.MaxValue);
        while (control.Length >= HeaderLength)
        {
            var length = (int)MemoryMarshal.Read<long>(control);
            if (length < HeaderLength || length > control.Length)
                break;
            var type = MemoryMarshal.Read<int>(control[12..]);
            var content = control[HeaderLength..length];
            if (type == SCM_CREDENTIALS && content.Length >= 12)
                sender = (MemoryMarshal.Read<int>(content), MemoryMarshal.Read<uint>(content[4..]));
            else if (type == MessageCalls.SCM_RIGHTS)
                Close(content);
            control = control[Math.Min(control.Length, (length + 7) & ~7)..];
        }

        return sender;
    }

    private static void Close(ReadOnlySpan<byte> descriptors)
    {
        foreach (var fd in MemoryMarshal.Cast<byte, int>(descriptors))
            _ = Libc.close(fd);
    }
}
