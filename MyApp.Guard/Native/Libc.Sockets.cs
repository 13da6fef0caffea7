using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>Sockets without .NET's <c>Socket</c>: no object, no buffer and no thread switch for an event.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(C, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(C, SetLastError = true)]
    public static partial int bind(int fd, void* address, uint length);

    [LibraryImport(C, SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport(C, SetLastError = true)]
    public static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial int connect(int fd, void* address, uint length);

    [LibraryImport(C, SetLastError = true)]
    public static partial nint recv(int fd, byte* buffer, nint count, int flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial nint send(int fd, byte* buffer, nint count, int flags);

    [LibraryImport(C, SetLastError = true)]
    public static partial int shutdown(int fd, int how);

    [LibraryImport(C, SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(C, SetLastError = true)]
    public static partial int getsockname(int fd, void* address, uint* length);
}
