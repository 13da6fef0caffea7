using System.Diagnostics;
using System.Runtime.InteropServices;
using MyApp.Supervision.Processes;

namespace MyApp.Bench.Supervisors.Measuring;

internal enum Outcome { Answered, Refused, Reset, TimedOut }

/// <summary>One HTTP request over one connection of its own to a loopback port.</summary>
internal static unsafe class Client
{
    private static readonly byte[] Request = "GET /health/live HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>From <paramref name="begin"/> (a <see cref="Stopwatch"/> timestamp) to the first answer.</summary>
    /// <exception cref="TimeoutException">There was none.</exception>
    public static TimeSpan UntilAnswered(int port, long begin, TimeSpan patience)
    {
        // Without it the kernel makes each pause 50 µs longer.
        _ = Libc.prctl(Libc.PR_SET_TIMERSLACK, 1);
        while (Ask(port, patience) != Outcome.Answered)
        {
            if (Stopwatch.GetElapsedTime(begin) > patience)
                throw new TimeoutException($"port {port} has not answered for {patience.TotalSeconds:0} s");
            // Spinning would take one of two cores from the server that is being started.
            Pause(TimeSpan.FromMicroseconds(20));
        }

        return Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>SIGKILL to a server → the first answer of its successor.</summary>
    public static TimeSpan KillAndAsk(ProcessIdentity server, int port, TimeSpan patience)
    {
        var begin = Stopwatch.GetTimestamp();
        ProcFs.Signal(server, Libc.SIGKILL);
        // A killed process may answer until the kernel gets to it.
        while (ProcFs.IsRunning(server))
        {
        }

        return UntilAnswered(port, begin, patience);
    }

    public static Outcome Ask(int port, TimeSpan patience)
    {
        var fd = Libc.socket(Libc.AF_INET, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0);
        try
        {
            var limit = stackalloc long[2];
            limit[0] = (long)patience.TotalSeconds;
            limit[1] = patience.Microseconds + (patience.Milliseconds * 1000L);
            _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, limit, 16);
            _ = Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, limit, 16);
            var address = stackalloc byte[16] { Libc.AF_INET, 0, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
            return Libc.connect(fd, address, 16) == 0 ? Exchange(fd) : Fault();
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    /// <summary>Finer than the timers of .NET.</summary>
    public static void Pause(TimeSpan time)
    {
        var words = stackalloc long[2];
        words[1] = (long)time.TotalNanoseconds;
        _ = Libc.nanosleep(words, null);
    }

    private static Outcome Exchange(int fd)
    {
        fixed (byte* request = Request)
        {
            if (Libc.send(fd, request, Request.Length, Libc.MSG_NOSIGNAL) < 0)
                return Fault();
        }

        var answer = stackalloc byte[4096];
        var read = Libc.recv(fd, answer, 4096, 0);
        if (read < 0)
            return Fault();
        // "HTTP/1.1 200": an end without an answer is as bad as a reset.
        return read > 12 && answer[9] == '2' ? Outcome.Answered : Outcome.Reset;
    }

    private static Outcome Fault() => Marshal.GetLastPInvokeError() switch
    {
        Libc.ECONNREFUSED => Outcome.Refused,
        Libc.EAGAIN => Outcome.TimedOut,
        _ => Outcome.Reset,
    };
}
