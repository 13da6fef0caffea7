using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>Who writes: one pipe of one instance, and what of it was lost. Used under the pump's gate.</summary>
/// <param name="onDropped">Called under the gate; must not block.</param>
internal sealed class LogSource(string instance, LogStream stream, LogRule rule, Action onDropped)
{
    private readonly long[] unsaid = new long[LogStreams.All.Count];
    private long dropped;

    public string Instance { get; } = instance;

    /// <summary>Where its lines go that say nothing else.</summary>
    public LogStream Stream { get; } = stream;

    public LogRule Rule { get; } = rule;

    public LogClassifier? Classifier { get; } = rule.ClassifyBy is { } member ? new LogClassifier(member) : null;

    /// <summary>When the lines in hand were read.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>Lines lost since the guard was started. For any thread.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Lines lost that the file does not tell of yet.</summary>
    public long Unsaid(LogStream of) => unsaid[(int)of];

    public void Drop(LogStream of, long lines)
    {
        unsaid[(int)of] += lines;
        Interlocked.Add(ref dropped, lines);
        onDropped();
    }

    public void Said(LogStream of) => unsaid[(int)of] = 0;
}
