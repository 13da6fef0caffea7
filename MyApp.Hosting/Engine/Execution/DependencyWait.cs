using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>Holds a resource back until what it waits for is there, and says what it lacked when that takes too long.</summary>
internal sealed class DependencyWait(ResourceNotificationService notifications, EngineSettings settings, TimeProvider clock)
{
    /// <exception cref="DistributedApplicationException">A dependency will not come, or has not come in time; the message is for people.</exception>
    public Task WaitAsync(IResource resource, CancellationToken ct) =>
        Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => WaitAsync(resource, wait, ct)));

    private async Task WaitAsync(IResource resource, WaitAnnotation wait, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(settings.WaitTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var reached = await notifications.WaitForResourceAsync(wait.Resource.Name, e => IsMet(wait, e.Snapshot) || IsHopeless(wait, e.Snapshot), either.Token);
            if (!IsMet(wait, reached.Snapshot))
                throw new DistributedApplicationException($"'{resource.Name}' was not started: it waits for '{wait.Resource.Name}' {Wanted(wait)}, but {Describe(reached.Snapshot)}.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new DistributedApplicationException(
                $"'{resource.Name}' was not started: it waited {settings.WaitTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s for '{wait.Resource.Name}' {Wanted(wait)}, but {Describe(notifications.Current(wait.Resource))}.");
        }
    }

    private static bool IsMet(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilStarted => snapshot.State?.Text is "Running" or "Finished" or "Exited",
        WaitType.WaitForCompletion => IsTerminal(snapshot) && snapshot.ExitCode == wait.ExitCode,
        _ => snapshot.IsReady,
    };

    // A crashed resource that is about to be restarted is not in a terminal state: there is hope.
    private static bool IsHopeless(WaitAnnotation wait, CustomResourceSnapshot snapshot) =>
        wait.WaitBehavior != WaitBehavior.WaitOnResourceUnavailable && IsTerminal(snapshot);

    private static bool IsTerminal(CustomResourceSnapshot snapshot) =>
        snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private static string Wanted(WaitAnnotation wait) => wait.WaitType switch
    {
        WaitType.WaitUntilStarted => "to run",
        WaitType.WaitForCompletion => $"to end with exit code {wait.ExitCode.ToString(CultureInfo.InvariantCulture)}",
        _ => "to be healthy",
    };

    private static string Describe(CustomResourceSnapshot? snapshot)
    {
        var state = snapshot?.State?.Text ?? "unknown";
        var exit = snapshot?.ExitCode is { } code ? $" with exit code {code.ToString(CultureInfo.InvariantCulture)}" : "";
        var waiting = snapshot?.Properties.FirstOrDefault(p => p.Name == States.KnownProperties.WaitingFor)?.Value;
        var unhealthy = snapshot?.HealthReports.Where(r => r.Status != HealthStatus.Healthy).Select(r => $"{r.Name}: {r.Description ?? r.ExceptionText ?? "not checked yet"}").ToList() ?? [];
        return state switch
        {
            "Running" when unhealthy.Count > 0 => $"it runs and is not healthy ({string.Join("; ", unhealthy)})",
            "Running" => "it runs and has not handled its ready event",
            "Waiting" => $"it is itself waiting for {waiting}",
            _ => $"it is {state}{exit}",
        };
    }
}
