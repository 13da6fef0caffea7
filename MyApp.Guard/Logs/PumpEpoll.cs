using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MyApp.Guard.Native;

namespace MyApp.Guard.Logs;

/// <summary>
/// The epoll(7) set of the pump. Edge-triggered: a pipe that has to wait for the disk is simply not asked, and does not keep the thread
/// awake.
/// </summary>
internal sealed unsafe class PumpEpoll
{
    private const int Batch = 64;

    // struct epoll_event is packed on x64 (12 bytes), and nowhere else (16).
    private static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private readonly int fd = PipeCalls.epoll_create1(PipeCalls.EPOLL_CLOEXEC);
    private readonly byte* events = (byte*)NativeMemory.AllocZeroed(Batch * 16);

    public void Add(int watched)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, PipeCalls.EPOLLIN | PipeCalls.EPOLLET);
        Unsafe.WriteUnaligned(entry + Size - 8, (ulong)watched);
        NativeException.ThrowIf(PipeCalls.epoll_ctl(fd, PipeCalls.EPOLL_CTL_ADD, watched, entry) < 0, "epoll_ctl");
    }

    public void Remove(int watched) => _ = PipeCalls.epoll_ctl(fd, PipeCalls.EPOLL_CTL_DEL, watched, null);

    /// <returns>How many are readable; 0 after the timeout, or when a signal came in between.</returns>
    public int Wait(int timeoutMilliseconds) => Math.Max(0, PipeCalls.epoll_wait(fd, events, Batch, timeoutMilliseconds));

    /// <summary>The descriptor of an event of the last wait.</summary>
    public int this[int index] => (int)Unsafe.ReadUnaligned<ulong>(events + (index * Size) + Size - 8);
}
