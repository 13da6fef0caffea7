using System.Runtime.InteropServices;

namespace MyApp.Guard.Logs;

/// <summary>The calls to the kernel that only the log pump makes. Linux only.</summary>
internal static unsafe partial class PipeCalls
{
    public const int O_WRONLY = 1;
    public const int O_APPEND = 0x400;
    public const int F_SETFL = 4;
    public const int FIONREAD = 0x541B;
    public const uint SPLICE_F_NONBLOCK = 2;
    public const int MADV_DONTNEED = 4;
    public const int PRIO_PROCESS = 0;
    private const string C = "libc";

    [LibraryImport(C, SetLastError = true)]
    public static partial nint tee(int from, int to, nint count, uint flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nint count, uint flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport(C, SetLastError = true)]
    public static partial nint pread(int fd, byte* buffer, nint count, long offset);

    [LibraryImport(C, SetLastError = true)]
    public static partial int ftruncate(int fd, long length);

    [LibraryImport(C, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, int* value);

    [LibraryImport(C, SetLastError = true)]
    public static partial int madvise(void* address, nint length, int advice);

    [LibraryImport(C, SetLastError = true)]
    public static partial int setpriority(int which, int who, int priority);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int folder, string path, int flags, uint mask, void* result);
}
