using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Serve;

/// <summary>Lets one guard at a time have a data folder. The kernel lets go of it however the guard ends.</summary>
internal sealed class FolderLock : IDisposable
{
    // A guard dies a moment after its keeper was killed, and may still have it.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private readonly SafeFileHandle handle;

    private FolderLock(SafeFileHandle handle) => this.handle = handle;

    public int Descriptor => Fd.Number(handle);

    /// <summary>One that was taken by a guard before this one.</summary>
    public static FolderLock Adopt(int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        WriteHolder(handle);
        return new FolderLock(handle);
    }

    /// <returns>Without a lock: another guard has it, whose pid is the holder.</returns>
    public static async Task<(FolderLock? Lock, string Holder)> TryTakeAsync(string path, TimeProvider clock)
    {
        var handle = Fd.Open(path, O_RDWR | O_CREAT, 0b110_000_000);
        var begin = clock.GetTimestamp();
        while (Libc.flock(Fd.Number(handle), LOCK_EX | LOCK_NB) < 0)
        {
            if (clock.GetElapsedTime(begin) < Patience)
            {
                await Task.Delay(Look, clock);
                continue;
            }

            using (handle)
                return (null, Encoding.ASCII.GetString(Fd.ReadToEnd(Fd.Number(handle))).Trim());
        }

        return (new FolderLock(handle), WriteHolder(handle));
    }

    public void Dispose() => handle.Dispose();

    private static string WriteHolder(SafeFileHandle handle)
    {
        var holder = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, Encoding.ASCII.GetBytes(holder + "\n"), 0);
        return holder;
    }
}
