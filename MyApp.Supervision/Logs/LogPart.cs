using System.IO.Compression;
using System.Text;

namespace MyApp.Supervision.Logs;

/// <summary>An open file of a log, in segments of whole lines that can be read each alone: a live one is cut by offset, a compressed one has members.</summary>
/// <param name="length">Bytes to be read; what comes later belongs to a follower.</param>
/// <param name="ended">Nothing in it is younger.</param>
internal sealed class LogPart(FileStream file, long length, DateTimeOffset ended, bool compressed) : IDisposable
{
    private const int SegmentBytes = 256 * 1024;
    private const int Block = 4096;

    // A line without a time, as a log without prefixes has, is looked past so far.
    private const int LinesWithoutTime = 100;

    // Not before it is read: most queries end in a younger file.
    private readonly Lazy<IReadOnlyList<(long Offset, long Length)>> members = new(() => LogMembers.Find(file.SafeFileHandle, length));

    public string Path => file.Name;

    public DateTimeOffset Ended => ended;

    public int Segments => compressed ? members.Value.Count : (int)((length + SegmentBytes - 1) / SegmentBytes);

    /// <summary>The lines that begin in a segment.</summary>
    /// <exception cref="InvalidDataException">From reading it: it is damaged.</exception>
    public Stream Open(int segment)
    {
        if (compressed)
            return new GZipStream(new FileRange(file.SafeFileHandle, members.Value[segment].Offset, members.Value[segment].Length), CompressionMode.Decompress);
        var start = FirstLineFrom((long)segment * SegmentBytes);
        return new FileRange(file.SafeFileHandle, start, FirstLineFrom((segment + 1L) * SegmentBytes) - start);
    }

    /// <summary>The first segment whose first line is of a time with this property, which all later times have too; else their number.</summary>
    public int First(Func<DateTimeOffset, bool> holds)
    {
        var (low, high) = (0, Segments);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (TimeFrom(middle, high) is { } found && !holds(found.Time))
                low = found.Segment + 1;
            else
                high = middle;
        }

        return low;
    }

    public void Dispose() => file.Dispose();

    private (int Segment, DateTimeOffset Time)? TimeFrom(int segment, int end)
    {
        for (; segment < end; segment++)
        {
            if (TimeOf(segment) is { } time)
                return (segment, time);
        }

        return null;
    }

    private DateTimeOffset? TimeOf(int segment)
    {
        using var text = Open(segment);
        var lines = new LineScanner(text, null);
        try
        {
            for (var i = 0; i < LinesWithoutTime && lines.TryNext(out var line); i++)
            {
                if (LogLineFormat.TryParseTime(Encoding.Latin1.GetString(line[..Math.Min(line.Length, LogLineFormat.TimeLength)]), out var time))
                    return time;
            }
        }
        catch (InvalidDataException)
        {
            // Who reads its lines is told.
        }

        return null;
    }

    // Where the first line begins that does not begin before.
    private long FirstLineFrom(long offset)
    {
        if (offset == 0)
            return 0;
        Span<byte> block = stackalloc byte[Block];
        for (offset--; offset < length;)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, block[..(int)Math.Min(Block, length - offset)], offset);
            var newline = block[..count].IndexOf((byte)'\n');
            if (newline >= 0)
                return offset + newline + 1;
            if (count == 0)
                break;
            offset += count;
        }

        return length;
    }
}
