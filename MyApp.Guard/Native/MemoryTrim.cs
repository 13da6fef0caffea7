using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Native;

/// <summary>
/// Gives memory back when there is a pause after work: what starting and changing units has left on the heap, and the pages of the
/// binary that were needed for it. The latter come back from the page cache, one fault for 16 of them, when they are needed again.
/// </summary>
internal sealed class MemoryTrim : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // A trim takes some milliseconds; somebody who asks for the status every second shall not make it a habit.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private long? last;
    private int armed;

    public MemoryTrim(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(_ => Trim(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Worked();
    }

    /// <summary>Something was done that may have left garbage. Nothing is scheduled while nothing is done.</summary>
    public void Worked()
    {
        if (Interlocked.Exchange(ref armed, 1) != 0)
            return;
        var since = last is { } at ? clock.GetElapsedTime(at) : Interval;
        timer.Change(since < Interval - Pause ? Interval - since : Pause, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => timer.Dispose();

    private void Trim()
    {
        last = clock.GetTimestamp();
        Volatile.Write(ref armed, 0);
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Libc.malloc_trim(0);
        // Where code is compiled at run time, what is mapped from files may have been changed in memory.
        if (RuntimeFeature.IsDynamicCodeSupported)
            return;
        try
        {
            DropCleanPages();
        }
        catch (IOException)
        {
            // No descriptor is left: memory is the lesser want now.
        }
    }

    // 55c30aff3000-55c30b2e0000 r-xp 0000b000 fe:00 5342663      /usr/bin/myapp-guard
    // …
    // Anonymous:             0 kB
    private static void DropCleanPages()
    {
        var mapping = "";
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (char.IsAsciiHexDigitLower(line[0]))
                mapping = line;
            // Anonymous pages are not in the file: they hold the addresses that were filled in when the program was loaded.
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal))
                Drop(mapping);
        }
    }

    private static void Drop(string mapping)
    {
        if (mapping.Split(' ', 3) is not [var range, ['r', '-', _, 'p'], var rest] || !rest.Contains('/', StringComparison.Ordinal))
            return;
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (first, end) = (Address(range.AsSpan(0, dash)), Address(range.AsSpan(dash + 1)));
        _ = Libc.madvise(first, end - first, MADV_DONTNEED);
    }

    private static nint Address(ReadOnlySpan<char> hex) => (nint)long.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
