using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>A call to the kernel or the C library failed.</summary>
internal sealed class NativeException(string call, int errno) : Exception($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public int Errno { get; } = errno;

    public static NativeException Last(string call) => new(call, Marshal.GetLastPInvokeError());

    public static void ThrowIf(bool failed, string call)
    {
        if (failed)
            throw Last(call);
    }
}
