using System.Runtime.InteropServices;

namespace MyApp.Deployment.Preflight.Host;

/// <summary>Asks the kernel whether somebody keeps its clock right (adjtimex(2), which anybody may ask).</summary>
internal static class KernelClock
{
    // struct timex begins with modes, which is 0 to ask only; it is far shorter than this.
    private const int StructSize = 512;
    private const int NotSynchronised = 5;

    /// <summary>Null where the kernel does not say.</summary>
    public static bool? IsKept()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var answer = AskKernel(new byte[StructSize]);
        return answer < 0 ? null : answer != NotSynchronised;
    }

    [DllImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AskKernel(byte[] timex);
}
