using System.Text;
using System.Threading.Channels;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;

namespace MyApp.Guard.Logs;

/// <summary>Someone who reads a log as it is written. One that is too slow misses lines and is told how many.</summary>
internal sealed class LogFollower(LogStream? stream, Channel<GuardLogLine> lines)
{
    private int missed;

    public Channel<GuardLogLine> Lines { get; } = lines;

    /// <summary>Called under the pump's gate.</summary>
    public void Offer(StreamBatch batch, LogSource source)
    {
        if (stream is not null && stream != batch.Stream)
            return;
        var rest = batch.Content;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var text = Encoding.UTF8.GetString(rest[batch.PrefixLength..end]);
            Offer(new GuardLogLine(source.Now, batch.Stream.Name(), source.Instance, text));
            rest = rest[(end + 1)..];
        }
    }

    private void Offer(GuardLogLine line)
    {
        if (missed > 0 && Lines.Writer.TryWrite(line with { Text = $"[{missed} lines left out here: the reader was too slow]" }))
            missed = 0;
        if (missed > 0 || !Lines.Writer.TryWrite(line))
            missed++;
    }
}
