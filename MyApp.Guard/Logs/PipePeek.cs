using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>
/// Reads a pipe and leaves it as it was: tee(2) gives a second pipe the same pages, and that one is read. What has been written to its
/// file is then taken out of the first. A guard that is killed in between finds it there again.
/// </summary>
internal sealed unsafe class PipePeek
{
    private const int LineEnd = 4096;
    private readonly SafeFileHandle read;
    private readonly SafeFileHandle write;
    private readonly SafeFileHandle nothing = Fd.Open("/dev/null", PipeCalls.O_WRONLY);

    public PipePeek()
    {
        (read, write) = Fd.Pipe();
        _ = Libc.fcntl(Fd.Number(write), F_SETPIPE_SZ, OutputPipe.Capacity);
    }

    /// <returns>Bytes of the beginning of the pipe, as many as there are and fit; 0: it is empty.</returns>
    public int Look(int pipe, Span<byte> into)
    {
        nint count;
        do
            count = PipeCalls.tee(pipe, Fd.Number(write), into.Length, PipeCalls.SPLICE_F_NONBLOCK);
        while (Interrupted(count, "tee"));
        for (var done = 0; done < count;)
            done += Math.Max(0, Fd.Read(Fd.Number(read), into[done..(int)count]));
        return Math.Max(0, (int)count);
    }

    /// <param name="most">Bytes to look at, at most the pipe's capacity.</param>
    /// <returns>How many bytes of the beginning of the pipe are whole lines; 0 also where that is not seen by the last few of them.</returns>
    public int LookForLines(int pipe, int most)
    {
        nint count;
        do
            count = PipeCalls.tee(pipe, Fd.Number(write), most, PipeCalls.SPLICE_F_NONBLOCK);
        while (Interrupted(count, "tee"));
        var unread = Math.Max(0, (int)count - LineEnd);
        Take(Fd.Number(read), unread);
        Span<byte> end = stackalloc byte[LineEnd];
        var seen = count > 0 ? Fd.Read(Fd.Number(read), end[..((int)count - unread)]) : 0;
        var newline = end[..Math.Max(0, seen)].LastIndexOf((byte)'\n');
        return newline < 0 ? 0 : unread + newline + 1;
    }

    /// <summary>Takes bytes out of the pipe that have been looked at.</summary>
    public void Take(int pipe, int count)
    {
        while (count > 0)
        {
            var taken = PipeCalls.splice(pipe, null, Fd.Number(nothing), null, count, PipeCalls.SPLICE_F_NONBLOCK);
            if (Interrupted(taken, "splice"))
                continue;
            if (taken <= 0)
                throw new IOException("bytes that were in the pipe are gone: someone else reads it");
            count -= (int)taken;
        }
    }

    private static bool Interrupted(nint result, string call)
    {
        if (result >= 0)
            return false;
        var errno = Marshal.GetLastPInvokeError();
        if (errno is not (EINTR or EAGAIN))
            throw new NativeException(call, errno);
        return errno == EINTR;
    }
}
