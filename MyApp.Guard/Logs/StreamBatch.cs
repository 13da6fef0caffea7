using System.Text;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Lines of one pipe on their way to one file, as they will be in it: written with one call.</summary>
internal sealed class StreamBatch(LogStream stream)
{
    /// <summary>The longest line, its prefix and its mark fit.</summary>
    private const int Capacity = LogLineFormat.MaxTextBytes + (64 * 1024);
    private static readonly byte[] Mark = Encoding.UTF8.GetBytes(LogLineFormat.GoesOn);
    private NativeBuffer? buffer;
    private byte[] prefix = [];
    private ServiceLog log = null!;
    private LogSource source = null!;
    private long room;
    private bool open;
    private bool fileIsEmpty;

    public LogStream Stream { get; } = stream;

    public int Used { get; private set; }

    /// <summary>Lines of the program in it.</summary>
    public int Lines { get; private set; }

    /// <summary>Lines that can't be written now, and are not in it.</summary>
    public int Refused { get; private set; }

    public ReadOnlySpan<byte> Content => buffer is null ? [] : buffer.Span[..Used];

    public int PrefixLength => prefix.Length;

    public void Begin(ServiceLog to, LogSource from, byte[] linePrefix)
    {
        (log, source, prefix) = (to, from, linePrefix);
        (Used, Lines, Refused, open) = (0, 0, 0, false);
    }

    /// <param name="goesOn">It is a part of a line that is too long.</param>
    /// <returns>False: there is no room before this batch is written.</returns>
    public bool TryAdd(ReadOnlySpan<byte> text, bool goesOn)
    {
        if (!open)
            Open();
        if (room < 0)
        {
            Refused++;
            return true;
        }

        var needed = prefix.Length + text.Length + (goesOn ? Mark.Length : 0) + 1;
        if (needed > Capacity - Used || !Fits(needed))
            return false;
        Append(text, goesOn);
        Lines++;
        return true;
    }

    /// <summary>Gives back the memory of a busy hour.</summary>
    public void Release() => buffer?.Release();

    private void Open()
    {
        (buffer, open) = (buffer ?? new NativeBuffer(Capacity), true);
        room = log.Prepare(Stream, source);
        fileIsEmpty = log.File(Stream).Length == 0;
        if (room < 0 || source.Unsaid(Stream) is not (> 0 and var missing))
            return;
        var said = Encoding.UTF8.GetBytes(LogLineFormat.Dropped(missing));
        if (Fits(prefix.Length + said.Length + 1))
            Append(said, false);
    }

    // A file takes at least one line, however long.
    private bool Fits(int needed)
    {
        if (needed <= room || (fileIsEmpty && Used == 0))
            return true;
        if (Used > 0)
            return false;
        room = log.MakeRoom(Stream, source);
        fileIsEmpty = true;
        return room >= 0;
    }

    private void Append(ReadOnlySpan<byte> text, bool goesOn)
    {
        var to = buffer!.Span[Used..];
        prefix.CopyTo(to);
        text.CopyTo(to[prefix.Length..]);
        var end = prefix.Length + text.Length;
        if (goesOn)
        {
            Mark.CopyTo(to[end..]);
            end += Mark.Length;
        }

        to[end++] = (byte)'\n';
        Used += end;
        room -= end;
    }
}
