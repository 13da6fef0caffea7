using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>What a guard needs to become another binary, and to know what its children have used.</summary>
internal static partial class Libc
{
    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport(C)]
    public static unsafe partial int sigemptyset(void* set);

    [LibraryImport(C)]
    public static unsafe partial int pthread_sigmask(int how, void* set, void* previous);

    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int wait4(int pid, out int status, int options, long* usage);

    [LibraryImport(C, SetLastError = true)]
    public static unsafe partial int getrusage(int who, long* usage);
}
