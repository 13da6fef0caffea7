using Microsoft.Win32.SafeHandles;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>Both pipes of an instance, pumped into its service's log; keeps the last lines for its status.</summary>
internal sealed class InstanceOutput : IDisposable
{
    private readonly ServiceLog log;
    private readonly string instance;
    private readonly LogSource[] sources;
    private readonly long dropped;
    private readonly OutputPipe output;
    private readonly OutputPipe error;

    /// <param name="pathPrefix">The pipes are this and <c>.out</c>, <c>.err</c>.</param>
    /// <param name="dropped">Lines lost in the time of guards before this one.</param>
    /// <param name="onDropped">Called on the pump's thread when more are lost; must not block.</param>
    public InstanceOutput(string pathPrefix, string instance, ServiceLog log, LogRule rule, LogPump pump, long dropped, Action onDropped)
    {
        (this.instance, this.log, this.dropped) = (instance, log, dropped);
        log.Adopt(rule);
        sources = [new LogSource(instance, LogStream.Access, rule, onDropped), new LogSource(instance, LogStream.Error, rule, onDropped)];
        output = new OutputPipe($"{pathPrefix}.out", pump, log, sources[0]);
        error = new OutputPipe($"{pathPrefix}.err", pump, log, sources[1]);
    }

    /// <summary>Lines lost since the instance is known, because they could not be written.</summary>
    public long DroppedLines => dropped + sources.Sum(s => s.Dropped);

    /// <summary>The last lines of both streams, oldest first: from memory where a few are asked for, else from the files.</summary>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<string> LastLines(int count)
    {
        var (errors, others) = (error.LastLines(count), output.LastLines(count));
        // Why a program ended is on its standard error: it is not crowded out by what it printed meanwhile.
        var room = count - Math.Min(errors.Count, Math.Max(count / 2, count - others.Count));
        List<string> lines = [.. others.TakeLast(room).Concat(errors.TakeLast(count - Math.Min(room, others.Count))).OrderBy(l => l.Time).Select(l => l.Text)];
        if (lines.Count == count || count <= StatusLines)
            return lines;
        // Other instances write to the same files.
        var written = log.Read(null, count * 10, null, false).Tail.Where(l => l.Instance.Length == 0 || l.Instance == instance).Select(l => l.Text).TakeLast(count).ToList();
        return written.Count > lines.Count ? written : lines;
    }

    /// <summary>Lines a status shows.</summary>
    public const int StatusLines = 20;

    public (SafeFileHandle Output, SafeFileHandle Error) OpenForProgram(uint? owner) => (output.OpenForProgram(owner), error.OpenForProgram(owner));

    /// <summary>Leader of the session that has these pipes open; null: nobody has.</summary>
    public ProcessIdentity? Writer() => output.Writer();

    public void Finish()
    {
        output.Finish();
        error.Finish();
    }

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }
}
