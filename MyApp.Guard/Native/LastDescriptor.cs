using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>
/// One descriptor kept back for looking at processes when all others are in use: "can't be read" must not pass for "has ended", or a
/// program would run that nobody knows of, and another beside it.
/// </summary>
internal static class LastDescriptor
{
    private const int Attempts = 1000;
    private static readonly Lock Gate = new();
    private static SafeFileHandle? spare = TryOpen();

    /// <param name="read">Opens one file or folder, reads it to its end and closes it.</param>
    public static T Do<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsShortage(e))
        {
            lock (Gate)
                return Do_NeedsLock(read);
        }
    }

    private static T Do_NeedsLock<T>(Func<T> read)
    {
        for (var attempt = 0; ; attempt++)
        {
            spare?.Dispose();
            try
            {
                return read();
            }
            catch (Exception e) when (IsShortage(e) && attempt < Attempts)
            {
                // Another thread was faster, and gives it back as soon as it has read.
                Thread.Yield();
            }
            finally
            {
                spare = TryOpen();
            }
        }
    }

    private static bool IsShortage(Exception e) => e is IOException { HResult: EMFILE or ENFILE } or NativeException { Errno: EMFILE or ENFILE };

    private static SafeFileHandle? TryOpen()
    {
        try
        {
            return Fd.Open("/dev/null", O_RDONLY);
        }
        catch (NativeException)
        {
            return null;
        }
    }
}
