namespace MyApp.Guard.Native;

/// <summary>Numbers of Linux's headers about sockets and epoll, the same on x64 and arm64.</summary>
internal static class SocketConstants
{
    public const int AF_INET = 2;
    public const int SOCK_STREAM = 1;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;

    public const int SO_REUSEADDR = 2;
    public const int SO_ERROR = 4;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int SO_ACCEPTCONN = 30;

    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;
    public const int TCP_KEEPIDLE = 4;

    public const int F_SETFL = 4;

    public const int SHUT_WR = 1;
    public const int SHUT_RDWR = 2;
    public const int MSG_NOSIGNAL = 0x4000;

    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLEXCLUSIVE = 1u << 28;

    public const nint SYS_pidfd_getfd = 438;

    public const int ECONNABORTED = 103;
    public const int EADDRINUSE = 98;
    public const int EINPROGRESS = 115;
}
