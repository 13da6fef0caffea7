using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>The calls to the C library and the kernel that .NET has no face for. Linux only.</summary>
internal static partial class Libc
{
    private const string C = "libc";

    [LibraryImport(C, SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport(C, SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(C, SetLastError = true)]
    public static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport(C)]
    public static partial int getppid();

    [LibraryImport(C)]
    public static partial uint geteuid();

    [LibraryImport(C)]
    public static partial uint getegid();

    [LibraryImport(C, SetLastError = true)]
    public static partial uint umask(uint mask);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chown(string path, uint user, uint group);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdir(string path, uint mode);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rmdir(string path);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkfifo(string path, uint mode);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, uint mode);

    [LibraryImport(C, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport(C, SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(C, SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(C, SetLastError = true)]
    public static partial int flock(int fd, int operation);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int pipe2(int* fds, int flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial int madvise(nint address, nint length, int advice);

    [LibraryImport(C)]
    public static partial int malloc_trim(nint keep);

    [LibraryImport(C, SetLastError = true)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int epoll_ctl(int epoll, int operation, int fd, void* change);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int epoll_wait(int epoll, void* events, int count, int timeoutMilliseconds);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int poll(PollFd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int getsockopt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(C, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static unsafe partial int getpwnam_r(string name, Passwd* entry, byte* buffer, nint length, out nint result);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int getpwuid_r(uint uid, Passwd* entry, byte* buffer, nint length, out nint result);

    [LibraryImport(C, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int getgrnam_r(string name, NamedGroup* entry, byte* buffer, nint length, out nint result);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int getgrouplist(string user, uint group, uint* groups, int* count);

    /// <summary>syscall(2); every number used here is the same on x64 and arm64.</summary>
    [LibraryImport(C, SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d);
}

[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int Fd;
    public short Events;
    public short Revents;
}

/// <summary>struct passwd of glibc and musl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Passwd
{
    public nint Name;
    public nint Password;
    public uint Uid;
    public uint Gid;
    public nint Gecos;
    public nint Home;
    public nint Shell;
}

/// <summary>struct group of glibc and musl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NamedGroup
{
    public nint Name;
    public nint Password;
    public uint Gid;
    public nint Members;
}
