using System.Collections.Immutable;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine.Health;

/// <summary>Looks after the health of a running resource, and tells of the first time it is good.</summary>
internal sealed class HealthWatch(
    HealthCheckService checks, ResourceNotificationService notifications, ResourceLoggerService loggers, IDistributedApplicationEventing eventing,
    TimeProvider clock, IServiceProvider services)
{
    private static readonly TimeSpan UntilHealthy = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(5);

    /// <returns>How long the resource had been ready when <paramref name="ct"/> ended the watch.</returns>
    public async Task<TimeSpan> WatchAsync(IResource resource, CancellationToken ct)
    {
        var keys = SnapshotFactory.Checks(resource).ToHashSet(StringComparer.Ordinal);
        long? readySince = null;
        try
        {
            while (true)
            {
                if (await IsHealthyAsync(resource, keys, ct) && readySince is null)
                {
                    await BecomeReadyAsync(resource, ct);
                    readySince = clock.GetTimestamp();
                }

                if (keys.Count == 0)
                    await Task.Delay(Timeout.InfiniteTimeSpan, clock, ct);
                await Task.Delay(readySince is null ? UntilHealthy : Afterwards, clock, ct);
            }
        }
        catch (OperationCanceledException)
        {
            return readySince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;
        }
    }

    private async Task<bool> IsHealthyAsync(IResource resource, HashSet<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0)
            return true;
        var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), ct);
        ct.ThrowIfCancellationRequested();
        var now = clock.GetUtcNow().UtcDateTime;
        ImmutableArray<HealthReportSnapshot> reports =
        [
            .. report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e =>
                new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.ToString()) { LastRunAt = now }),
        ];
        await notifications.PublishUpdateAsync(resource, s => s.WithHealthReports(reports));
        return report.Status == HealthStatus.Healthy;
    }

    private async Task BecomeReadyAsync(IResource resource, CancellationToken ct)
    {
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), ct);
            await notifications.PublishUpdateAsync(resource, s => s with { IsReady = true });
        }
#pragma warning disable CA1031 // a boundary: subscribers are the app model's code; those waiting time out with the reason in the resource's log
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            loggers.GetLogger(resource).LogError(failure, "A subscriber of the ready event of '{Resource}' failed.", resource.Name);
        }
    }
}
