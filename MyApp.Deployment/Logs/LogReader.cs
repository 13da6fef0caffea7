using System.Runtime.CompilerServices;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;

namespace MyApp.Deployment.Logs;

/// <summary>
/// A service's output on this host. The guard is asked for the last lines and those to come; what has to be searched for is read here, in the
/// files, so that no search takes memory or time of the guard. Every method throws <see cref="GuardException"/>.
/// </summary>
/// <param name="logs">Absolute folder of the logs.</param>
public sealed class LogReader(GuardClient guard, string logs)
{
    /// <exception cref="IOException">A file can't be read.</exception>
    public async Task<LogPage> ReadAsync(LogQuery query, CancellationToken ct)
    {
        if (query.IsSearch && FolderOf(query) is { } folder)
            return new([.. (await Task.Run(() => Search(folder, query, ct), ct)).Select(View)]);
        var lines = new List<LogLineView>();
        await foreach (var line in guard.LogsAsync(query.Service, query.Environment, query.Stream?.Name(), query.Tail, follow: false, ct, query.Since))
            lines.Add(View(line));
        return new(lines);
    }

    /// <summary>The last lines and then each new one.</summary>
    public async IAsyncEnumerable<LogLineView> FollowAsync(LogQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in guard.LogsAsync(query.Service, query.Environment, query.Stream?.Name(), query.Tail, follow: true, ct, query.Since))
        {
            if (query.Pattern?.Matches(line.Text) != false)
                yield return View(line);
        }
    }

    // Without a folder the guard says whether the service is unknown or has written nothing.
    private string? FolderOf(LogQuery query) => Path.Combine(logs, query.Environment, query.Service) is var folder && Directory.Exists(folder) ? folder : null;

    private static IReadOnlyList<GuardLogLine> Search(string folder, LogQuery query, CancellationToken ct)
    {
        var snapshots = new List<LogSnapshot>();
        try
        {
            foreach (var stream in LogStreams.All.Where(stream => query.Stream is null || stream == query.Stream))
                snapshots.Add(LogSnapshot.Take(folder, stream, query.Since));
            return LogSearch.Read(snapshots, new(query.Tail, query.Since, query.Until) { Test = query.Pattern is { } pattern ? pattern.Matches : null, Contained = query.Pattern?.Word }, ct);
        }
        finally
        {
            snapshots.ForEach(snapshot => snapshot.Dispose());
        }
    }

    private static LogLineView View(GuardLogLine line) => new(line.Time, line.Stream, line.Instance, line.Text);
}
