using System.Runtime.InteropServices;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>One of the two sockets of a forwarded connection.</summary>
internal sealed unsafe class ConnectionEnd(RestBuffers buffers)
{
    private bool isEnding;
    private bool isReadable;
    private byte* rest;
    private int restStart;
    private int restLength;

    public int Fd { get; private set; } = -1;

    /// <summary>Nothing more comes from it, or is wanted from it.</summary>
    public bool ReadDone { get; set; }

    /// <summary>Nothing more goes to it.</summary>
    public bool WriteDone { get; private set; }

    /// <summary>It was reset, or can't be written to.</summary>
    public bool Failed { get; private set; }

    public bool CanRead => isReadable && !ReadDone;

    public void Begin(int fd) => Fd = fd;

    /// <summary>Takes note of what epoll says; edges are told once.</summary>
    public void Note(uint events)
    {
        if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            isReadable = true;
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            isEnding = true;
    }

    /// <returns>Bytes read; 0 when there is nothing now, or will be nothing any more.</returns>
    public int Receive(byte* buffer)
    {
        var count = (int)Libc.recv(Fd, buffer, RestBuffers.Size, 0);
        if (count > 0)
        {
            // A read that does not fill the buffer has emptied the socket, and what comes later is told; but the end of it is not.
            isReadable = count == RestBuffers.Size || isEnding;
            return count;
        }

        if (count == 0)
            ReadDone = true;
        else if (Marshal.GetLastPInvokeError() is var errno && errno == EAGAIN)
            isReadable = false;
        else if (errno != EINTR)
            ReadDone = Failed = true;
        return 0;
    }

    /// <summary>Sends what the kernel takes, and keeps the rest. There must be no rest from before.</summary>
    public void Send(byte* buffer, int count)
    {
        var sent = TrySend(buffer, count);
        if (sent < 0 || sent == count)
            return;
        rest = buffers.Take();
        (restStart, restLength) = (0, count - sent);
        new ReadOnlySpan<byte>(buffer + sent, restLength).CopyTo(new Span<byte>(rest, RestBuffers.Size));
    }

    /// <returns>Whether there is no rest, so that more may come.</returns>
    public bool Flush()
    {
        if (restLength > 0 && TrySend(rest + restStart, restLength) is > 0 and var sent)
        {
            restStart += sent;
            restLength -= sent;
        }

        if (restLength == 0)
            DropRest();
        return restLength == 0;
    }

    /// <summary>Passes on that the other side has ended its half.</summary>
    /// <param name="isLast">Nothing is left to do in the other direction either, so the close that follows says it.</param>
    public void EndWriting(bool isLast)
    {
        WriteDone = true;
        if (!isLast)
            _ = Libc.shutdown(Fd, SHUT_WR);
    }

    /// <summary>Closes the socket, and is as new.</summary>
    public void Close(bool reset)
    {
        DropRest();
        if (Fd >= 0)
        {
            if (reset)
                SocketOption.ResetOnClose(Fd);
            _ = Libc.close(Fd);
        }

        Fd = -1;
        isEnding = isReadable = ReadDone = WriteDone = Failed = false;
    }

    // -1: it can't be written to any more. What it has sent before can still be read.
    private int TrySend(byte* buffer, int count)
    {
        var sent = (int)Libc.send(Fd, buffer, count, MSG_NOSIGNAL);
        if (sent >= 0)
            return sent;
        if (Marshal.GetLastPInvokeError() is EAGAIN or EINTR)
            return 0;
        WriteDone = Failed = isReadable = isEnding = true;
        DropRest();
        return -1;
    }

    private void DropRest()
    {
        if (rest != null)
            buffers.Return(rest);
        rest = null;
        restLength = 0;
    }
}
