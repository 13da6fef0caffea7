using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Remote;

/// <summary>
/// Log lines have no numbers. After a reconnect the end of the log is asked for again, and what was printed already is told by its time.
/// </summary>
internal sealed class UnseenLines(Action<LogLineView> onLine)
{
    private const int Overlap = 1000;

    private readonly Dictionary<(string Instance, string Stream), DateTimeOffset> latest = [];
    private bool reconnected;

    /// <summary>How many lines to ask for after a reconnect; with more than these in the gap some are missed.</summary>
    public int AskAgain()
    {
        reconnected = true;
        return Overlap;
    }

    public void Tell(LogLineView line)
    {
        var source = (line.Instance, line.Stream);
        if (reconnected && latest.TryGetValue(source, out var last) && line.Time <= last)
            return;
        latest[source] = line.Time;
        onLine(line);
    }
}
