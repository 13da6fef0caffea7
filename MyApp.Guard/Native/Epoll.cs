using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>An epoll(7) set that belongs to one thread, for as long as the process lives.</summary>
internal sealed unsafe class Epoll
{
    private const int Batch = 256;

    // struct epoll_event is packed on x64 (12 bytes), and nowhere else (16).
    private static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private readonly SafeFileHandle handle = Fd.Epoll();
    private readonly byte* events = (byte*)NativeMemory.AllocZeroed(Batch * 16);

    /// <param name="tag">Comes back with each event.</param>
    /// <returns>Whether the kernel had room for it.</returns>
    public bool TryAdd(int watched, uint interest, ulong tag)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, interest);
        Unsafe.WriteUnaligned(entry + Size - 8, tag);
        return Libc.epoll_ctl(Fd.Number(handle), EPOLL_CTL_ADD, watched, entry) == 0;
    }

    public void Remove(int watched) => _ = Libc.epoll_ctl(Fd.Number(handle), EPOLL_CTL_DEL, watched, null);

    /// <returns>How many events there are; 0 after the timeout, or when a signal came in between.</returns>
    public int Wait(int timeoutMilliseconds) => Math.Max(0, Libc.epoll_wait(Fd.Number(handle), events, Batch, timeoutMilliseconds));

    public (uint Events, ulong Tag) this[int index] =>
        (Unsafe.ReadUnaligned<uint>(events + (index * Size)), Unsafe.ReadUnaligned<ulong>(events + (index * Size) + Size - 8));
}
