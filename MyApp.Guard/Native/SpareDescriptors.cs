using Microsoft.Win32.SafeHandles;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>Some descriptors kept for when there are no others: a guard that has run out of them can still be told to stop something.</summary>
internal sealed class SpareDescriptors
{
    // A connection, a temporary file, its folder, and some for what goes on beside.
    private const int Count = 8;
    private readonly Lock gate = new();
    private readonly List<SafeFileHandle> spare = [];

    public SpareDescriptors() => Refill();

    public void Release()
    {
        lock (gate)
        {
            spare.ForEach(s => s.Dispose());
            spare.Clear();
        }
    }

    /// <summary>Takes back as many as there are to be had.</summary>
    public void Refill()
    {
        lock (gate)
        {
            try
            {
                while (spare.Count < Count)
                    spare.Add(Fd.Open("/dev/null", O_RDONLY));
            }
            catch (NativeException)
            {
                // None are left; the next client that goes tries again.
            }
        }
    }
}
