namespace MyApp.Supervision.Logs;

/// <summary>The lines of a stream, which end with <c>\n</c> and nothing else, in one buffer that is used again.</summary>
/// <param name="contained">Lines without these bytes are passed over unseen; null: none is.</param>
internal sealed class LineScanner(Stream stream, byte[]? contained)
{
    private const int Block = 64 * 1024;

    private byte[] buffer = new byte[Block];

    // buffer[start..used] is still to be told of, and buffer[start..seen] has no end of a line, or nothing that is looked for.
    private int start;
    private int seen;
    private int used;
    private bool ended;

    /// <param name="line">Without its end; good until the next call.</param>
    /// <returns>False: there are no more.</returns>
    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            if (TryTake(out line))
                return true;
            if (ended)
                return TryTakeRest(out line);
            Fill();
        }
    }

    private bool TryTake(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (contained is not null && !SkipToHit(contained))
            return false;
        var end = buffer.AsSpan(seen, used - seen).IndexOf((byte)'\n');
        if (end < 0)
        {
            // The hit is found again with the rest of its line.
            seen = contained is null ? used : seen;
            return false;
        }

        line = buffer.AsSpan(start, seen + end - start);
        start = seen += end + 1;
        return true;
    }

    private bool SkipToHit(byte[] wanted)
    {
        var unread = buffer.AsSpan(seen, used - seen);
        var hit = unread.IndexOf(wanted);
        var before = (hit < 0 ? unread : unread[..hit]).LastIndexOf((byte)'\n');
        if (before >= 0)
            start = seen + before + 1;
        // Its beginning may be there already.
        seen = hit >= 0 ? seen + hit : Math.Max(start, used - wanted.Length + 1);
        return hit >= 0;
    }

    private bool TryTakeRest(out ReadOnlySpan<byte> line)
    {
        line = buffer.AsSpan(start, used - start);
        start = seen = used;
        return !line.IsEmpty && (contained is null || line.IndexOf(contained) >= 0);
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, used - start).CopyTo(buffer);
            (seen, used, start) = (Math.Max(0, seen - start), used - start, 0);
        }

        if (used == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var count = stream.Read(buffer, used, buffer.Length - used);
        ended = count == 0;
        used += count;
    }
}
