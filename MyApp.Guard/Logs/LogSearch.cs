using System.Text;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Finds a time in a file whose lines are in order of time, by halving.</summary>
internal static class LogSearch
{
    private const int Block = 4096;
    private const long Near = 64 * 1024;

    /// <returns>The beginning of a line that is not after the first one of that time or later, and near it.</returns>
    public static long FirstAtOrAfter(LogSnapshot.Part part, DateTimeOffset since)
    {
        var (low, high) = (0L, part.Length);
        while (high - low > Near)
        {
            var middle = low + ((high - low) / 2);
            if (LineAfter(part, middle, high) is { } line && line.Time < since)
                low = line.Offset;
            else
                high = middle;
        }

        return low;
    }

    // The first line with a time that begins after an offset.
    private static (long Offset, DateTimeOffset Time)? LineAfter(LogSnapshot.Part part, long offset, long end)
    {
        var block = new byte[Block];
        while (offset < end)
        {
            var count = RandomAccess.Read(part.File.SafeFileHandle, block, offset);
            var newline = block.AsSpan(0, count).IndexOf((byte)'\n');
            if (count == 0)
                return null;
            offset += newline < 0 ? count : newline + 1;
            if (newline >= 0 && TimeAt(part, offset) is { } time)
                return (offset, time);
        }

        return null;
    }

    private static DateTimeOffset? TimeAt(LogSnapshot.Part part, long offset)
    {
        Span<byte> head = stackalloc byte[LogLineFormat.TimeLength];
        var count = RandomAccess.Read(part.File.SafeFileHandle, head, offset);
        return LogLineFormat.TryParseTime(Encoding.UTF8.GetString(head[..count]), out var time) ? time : null;
    }
}
