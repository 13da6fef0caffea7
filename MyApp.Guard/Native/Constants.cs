namespace MyApp.Guard.Native;

/// <summary>Numbers of Linux's and glibc's headers.</summary>
internal static class Constants
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int F_SETFD = 2;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;

    public const int SIG_SETMASK = 2;
    public const int F_SETPIPE_SZ = 1031;

    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    public const int O_WRONLY = 1;
    public const int O_DIRECTORY = 0x10000;

    public const short POLLIN = 1;
    public const short POLLHUP = 0x10;

    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const uint EPOLLIN = 1;
    public const uint EPOLLET = 1u << 31;

    public const int MADV_DONTNEED = 4;

    public const int WNOHANG = 1;

    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_CHILD_SUBREAPER = 36;

    public const int RLIMIT_STACK = 3;
    public const int RLIMIT_CORE = 4;
    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_MEMLOCK = 8;

    public const int SOL_SOCKET = 1;
    public const int SO_PEERCRED = 17;

    public const nint SYS_pidfd_send_signal = 424;
    public const nuint PIDFD_GET_INFO = 0xC040FF0B;
    public const ulong PIDFD_INFO_EXIT = 1 << 3;

    public const nint SYS_pidfd_open = 434;

    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int ENOEXEC = 8;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int ENODEV = 19;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int ERANGE = 34;

    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGUSR2 = 12;
    public const int SIGTERM = 15;
    public const int SIGSTOP = 19;
}
