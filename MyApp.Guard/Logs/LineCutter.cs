using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>Cuts a chunk at its line ends and gives each line to the batch of its stream.</summary>
internal ref struct LineCutter(LogSource source, StreamBatch[] batches)
{
    // A character of UTF-8 that would be cut in two goes with its beginning.
    private const int CharacterRest = 3;

    /// <summary>A batch could not take the next line.</summary>
    public bool IsFull { get; private set; }

    /// <param name="known">So many bytes at the beginning have no line end.</param>
    /// <param name="last">What is left at the end is a line too.</param>
    /// <returns>Bytes given to the batches.</returns>
    public int Run(ReadOnlySpan<byte> input, int known, bool last)
    {
        var position = 0;
        while (position < input.Length && !IsFull)
        {
            var from = Math.Max(position, known);
            var end = input[from..].IndexOf((byte)'\n') + from;
            var length = end < from ? input.Length - position : end - position;
            if (length >= LogLineFormat.MaxTextBytes + CharacterRest)
                position += Give(input.Slice(position, PartLength(input[position..])), true, 0);
            else if (end >= from || last)
                position += Give(input.Slice(position, length), false, end < from ? 0 : 1);
            else
                break;
        }

        return position;
    }

    private int Give(ReadOnlySpan<byte> line, bool goesOn, int lineEnd)
    {
        var ending = source.Rule.Format == LogFormat.Lines && !goesOn && !line.IsEmpty && line[^1] == (byte)'\r';
        var text = ending ? line[..^1] : line;
        var stream = source.Classifier?.Classify(text, source.Stream) ?? source.Stream;
        foreach (var batch in batches)
        {
            if (batch.Stream == stream && batch.TryAdd(text, goesOn))
                return line.Length + lineEnd;
        }

        IsFull = true;
        return 0;
    }

    private static int PartLength(ReadOnlySpan<byte> line)
    {
        var length = LogLineFormat.MaxTextBytes;
        while (length < LogLineFormat.MaxTextBytes + CharacterRest && (line[length] & 0xC0) == 0x80)
            length++;
        return length;
    }
}
