using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Serve;

/// <summary>Lets one guard at a time have a data folder. The kernel lets go of it however the guard ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly SafeFileHandle handle;

    private FolderLock(SafeFileHandle handle) => this.handle = handle;

    public int Descriptor => Fd.Number(handle);

    /// <summary>One that was taken by the guard this process was before.</summary>
    public static FolderLock Adopt(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    /// <param name="holder">Pid of the guard that has it.</param>
    /// <returns>Null when another one has it.</returns>
    public static FolderLock? TryTake(string path, out string holder)
    {
        var handle = Fd.Open(path, O_RDWR | O_CREAT, 0b110_000_000);
        if (Libc.flock(Fd.Number(handle), LOCK_EX | LOCK_NB) < 0)
        {
            using (handle)
                holder = Encoding.ASCII.GetString(Fd.ReadToEnd(Fd.Number(handle))).Trim();
            return null;
        }

        holder = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, Encoding.ASCII.GetBytes(holder + "\n"), 0);
        return new FolderLock(handle);
    }

    public void Dispose() => handle.Dispose();
}
