using System.Runtime.InteropServices;
using MyApp.Guard.Native;

namespace MyApp.Guard.Logs;

/// <summary>Bytes outside the garbage-collected heap whose pages cost nothing until they are used, and can be given back.</summary>
internal sealed unsafe class NativeBuffer(int capacity)
{
    private const int Page = 4096;
    private readonly byte* first = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, Page);

    public int Capacity { get; } = capacity;

    public byte* Pointer => first;

    public Span<byte> Span => new(first, Capacity);

    /// <summary>Gives the memory back; what was in it is gone.</summary>
    public void Release() =>
        NativeException.ThrowIf(PipeCalls.madvise(first, Capacity / Page * Page, PipeCalls.MADV_DONTNEED) < 0, "madvise");
}
