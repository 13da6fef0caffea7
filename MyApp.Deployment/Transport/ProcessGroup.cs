using System.Runtime.InteropServices;

namespace MyApp.Deployment.Transport;

/// <summary>Signals a process group that this process has made.</summary>
internal static class ProcessGroup
{
    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>
    /// The group's id is that of its first process, and the kernel gives it to nobody else while one member lives; without members
    /// there is nobody to signal.
    /// </summary>
    public static void Signal(int group, int signal) => _ = NativeKill(-group, signal);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
