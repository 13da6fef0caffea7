using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>
/// A few descriptors kept back for looking at processes when all others are in use: "can't be read" must not pass for "has ended", or a
/// program would run that nobody knows of, and another beside it.
/// </summary>
internal static class LastDescriptor
{
    // More than one: what is let go of for a look may be taken by another thread, and for long.
    private const int Kept = 4;
    private const int Attempts = 200;
    private static readonly Lock Gate = new();
    private static readonly Stack<SafeFileHandle> Spare = Refilled([]);

    /// <inheritdoc cref="Do{T}"/>
    public static void Do(Action read) => Do(() =>
    {
        read();
        return true;
    });

    /// <param name="read">Opens one file or folder, reads it to its end and closes it.</param>
    /// <exception cref="IOException">There is none to be had; or a <see cref="NativeException"/>, as of <paramref name="read"/>.</exception>
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
        var pause = default(SpinWait);
        for (var attempt = 0; ; attempt++)
        {
            if (Spare.TryPop(out var spare))
                spare.Dispose();
            try
            {
                return read();
            }
            catch (Exception e) when (IsShortage(e) && attempt < Attempts)
            {
                // Another thread was faster, and gives it back as soon as it has read: or keeps it, and others have to be given back.
                pause.SpinOnce();
            }
            finally
            {
                Refilled(Spare);
            }
        }
    }

    /// <summary>Whether it says that no descriptors are left.</summary>
    public static bool IsShortage(Exception e) => e is IOException { HResult: EMFILE or ENFILE } or NativeException { Errno: EMFILE or ENFILE };

    private static Stack<SafeFileHandle> Refilled(Stack<SafeFileHandle> spare)
    {
        try
        {
            while (spare.Count < Kept)
                spare.Push(Fd.Open("/dev/null", O_RDONLY));
        }
        catch (NativeException)
        {
            // The next look tries again.
        }

        return spare;
    }
}
