using System.Runtime.InteropServices;

namespace MyApp.Guard.Native;

/// <summary>A NULL-terminated array of C strings, as execve and posix_spawn take them.</summary>
internal sealed unsafe class ArgumentBlock : IDisposable
{
    private readonly int count;

    public ArgumentBlock(IReadOnlyCollection<string> values)
    {
        count = values.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        var i = 0;
        foreach (var value in values)
            Pointer[i++] = (byte*)Marshal.StringToCoTaskMemUTF8(value);
    }

    public byte** Pointer { get; }

    public void Dispose()
    {
        for (var i = 0; i < count; i++)
            Marshal.FreeCoTaskMem((nint)Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
