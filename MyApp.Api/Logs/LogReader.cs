using System.Runtime.CompilerServices;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Supervision.Control;

namespace MyApp.Api.Logs;

/// <summary>A service's output, as the guard keeps it. Every method throws <see cref="GuardException"/>.</summary>
internal sealed class LogReader(GuardClient guard)
{
    /// <param name="tail">Lines from the end, of those that are wanted.</param>
    public async Task<LogPage> TailAsync(string service, string environment, LogSelection wanted, int tail, CancellationToken ct)
    {
        var lines = new Queue<LogLineView>();
        await foreach (var line in guard.LogsAsync(service, environment, wanted.Stream, wanted.Pattern is null ? tail : LogPattern.MostSearched, follow: false, ct, wanted.Since))
        {
            if (wanted.Pattern?.Matches(line.Text) == false)
                continue;
            lines.Enqueue(View(line));
            if (lines.Count > tail)
                lines.Dequeue();
        }

        return new LogPage([.. lines]);
    }

    /// <inheritdoc cref="TailAsync"/>
    public async IAsyncEnumerable<LogLineView> FollowAsync(
        string service, string environment, LogSelection wanted, int tail, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in guard.LogsAsync(service, environment, wanted.Stream, tail, follow: true, ct, wanted.Since))
        {
            if (wanted.Pattern?.Matches(line.Text) != false)
                yield return View(line);
        }
    }

    private static LogLineView View(GuardLogLine line) => new(line.Time, line.Stream, line.Instance, line.Text);
}
