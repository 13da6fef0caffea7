using System.Runtime.InteropServices;

namespace MyApp.Deployment.Transport;

/// <summary>rename(2) as it is: File.Move takes a link to a folder for a folder, and refuses it.</summary>
internal static class Renaming
{
    public static void Replace(string from, string to)
    {
        if (NativeRename(from, to) != 0)
            throw new IOException($"{from} could not be renamed to {to}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeRename([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
