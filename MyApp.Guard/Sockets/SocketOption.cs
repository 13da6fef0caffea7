using MyApp.Guard.Native;
using static MyApp.Guard.Native.SocketConstants;

namespace MyApp.Guard.Sockets;

/// <summary>setsockopt(2) and getsockopt(2) for options that are one number, and the one that is two.</summary>
internal static unsafe class SocketOption
{
    public static void Set(int fd, int level, int option, int value) => _ = Libc.setsockopt(fd, level, option, &value, sizeof(int));

    /// <returns>-1 when it has none.</returns>
    public static int Get(int fd, int level, int option)
    {
        var value = 0;
        uint size = sizeof(int);
        return Libc.getsockopt(fd, level, option, &value, &size) == 0 ? value : -1;
    }

    /// <summary>Its close will be a reset: the other side learns that something was lost.</summary>
    public static void ResetOnClose(int fd)
    {
        // struct linger: on, and no time to wait.
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.setsockopt(fd, Constants.SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }
}
