using System.Runtime.CompilerServices;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;

namespace MyApp.Api.Logs;

/// <summary>A service's output, as the guard keeps it. Every method throws <see cref="GuardException"/>.</summary>
internal sealed class LogReader(GuardClient guard)
{
    /// <param name="stream"><c>access</c> or <c>error</c>; null: both.</param>
    public async Task<LogPage> TailAsync(string service, string environment, string? stream, int tail, CancellationToken ct)
    {
        var lines = new List<LogLineView>();
        await foreach (var line in guard.LogsAsync(service, environment, stream, tail, follow: false, ct))
            lines.Add(View(line));
        return new LogPage(lines);
    }

    /// <inheritdoc cref="TailAsync"/>
    public async IAsyncEnumerable<LogLineView> FollowAsync(
        string service, string environment, string? stream, int tail, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in guard.LogsAsync(service, environment, stream, tail, follow: true, ct))
            yield return View(line);
    }

    private static LogLineView View(GuardLogLine line) => new(line.Time, line.Stream, line.Instance, line.Text);
}
