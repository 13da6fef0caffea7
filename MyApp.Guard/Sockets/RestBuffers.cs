using System.Runtime.InteropServices;

namespace MyApp.Guard.Sockets;

/// <summary>
/// Memory for what a slow reader has not taken yet, and the one buffer everything passes through. It belongs to one thread. A
/// connection has memory only as long as it has such a rest, so idle ones cost none.
/// </summary>
internal sealed unsafe class RestBuffers
{
    public const int Size = 64 * 1024;
    private const int Spare = 16;
    private readonly nint[] spare = new nint[Spare];
    private int count;

    /// <summary>Holds nothing between two calls.</summary>
    public byte* Scratch { get; } = (byte*)NativeMemory.Alloc(Size);

    public byte* Take() => count > 0 ? (byte*)spare[--count] : (byte*)NativeMemory.Alloc(Size);

    public void Return(byte* buffer)
    {
        if (count < Spare)
            spare[count++] = (nint)buffer;
        else
            NativeMemory.Free(buffer);
    }
}
