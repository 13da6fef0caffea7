using System.Threading.Channels;
using MyApp.Supervision.Control;

namespace MyApp.Guard.Logs;

/// <summary>Someone who reads a log as it is written. One that is too slow misses lines and is told how many.</summary>
internal sealed class LogFollower(string? stream, Channel<GuardLogLine> lines)
{
    private int missed;

    /// <summary>Null: both.</summary>
    public string? Stream { get; } = stream;

    public Channel<GuardLogLine> Lines { get; } = lines;

    /// <summary>Called under the log's lock.</summary>
    public void Offer(GuardLogLine line)
    {
        if (missed > 0 && Lines.Writer.TryWrite(line with { Text = $"[{missed} lines left out here: the reader was too slow]" }))
            missed = 0;
        if (missed > 0 || !Lines.Writer.TryWrite(line))
            missed++;
    }
}
