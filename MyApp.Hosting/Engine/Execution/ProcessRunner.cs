using System.Globalization;
using Microsoft.Extensions.Logging;
using MyApp.Deployment.Transport;
using MyApp.Hosting.Engine.Processes;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>Runs a project, an executable or a container: waits, starts, watches, restarts after a crash, stops.</summary>
internal sealed class ProcessRunner(IResource resource, RunnerServices services) : IResourceRunner
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;
    private volatile bool hasEnded;

    public IResource Resource => resource;

    public async Task StartAsync(CancellationToken ct)
    {
        if (!resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
        {
            await StartNowAsync(skipWaits: false);
            return;
        }

        await services.PublishAsync(resource, s => s with { State = new(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info) });
    }

    /// <param name="skipWaits">A person's start command does not wait for dependencies.</param>
    public async Task StartNowAsync(bool skipWaits)
    {
        Task started;
        await gate.WaitAsync();
        try
        {
            // Who has seen that it ended may start it, though the run that says so is not quite over.
            if (!running.IsCompleted && !hasEnded)
                return;
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            hasEnded = false;
            stop?.Dispose();
            stop = new CancellationTokenSource();
            var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            started = first.Task;
            running = RunAsync(skipWaits, first, stop.Token);
        }
        finally
        {
            gate.Release();
        }

        await started;
    }

    public async Task StopAsync()
    {
        await gate.WaitAsync();
        try
        {
            if (running.IsCompleted)
                return;
            await services.PublishAsync(resource, s => s with { State = new(KnownResourceStates.Stopping, KnownResourceStateStyles.Info) });
            await stop!.CancelAsync();
            await running;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose()
    {
        gate.Dispose();
        stop?.Dispose();
    }

    private async Task RunAsync(bool skipWaits, TaskCompletionSource first, CancellationToken ct)
    {
        try
        {
            if (!skipWaits)
                await WaitAsync(ct);
            await RunAndRestartAsync(first, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await EndedAsync(KnownResourceStates.Exited, null);
        }
        catch (Exception failure) when (failure is DistributedApplicationException or ProgramStartException or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            services.Logger(resource).LogError("{Reason}", failure.Message);
            await EndedAsync(KnownResourceStates.FailedToStart, null);
        }
        finally
        {
            first.TrySetResult();
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        var dependencies = resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name).Distinct().ToList();
        if (dependencies.Count == 0)
            return;
        var waitingFor = new ResourcePropertySnapshot(KnownProperties.WaitingFor, string.Join(", ", dependencies));
        await services.PublishAsync(resource, s => s with
        {
            State = new(KnownResourceStates.Waiting, KnownResourceStateStyles.Info), Properties = [.. s.Properties.Where(p => p.Name != waitingFor.Name), waitingFor],
        });
        await services.Waits.WaitAsync(resource, ct);
    }

    private async Task RunAndRestartAsync(TaskCompletionSource first, CancellationToken ct)
    {
        var backoff = new RestartBackoff(Random.Shared.NextDouble);
        while (true)
        {
            var run = await RunOnceAsync(first, ct);
            var delay = RunnerServices.IsService(resource) ? backoff.After(run.ExitCode, run.WasReadyFor) : null;
            if (delay is not { } pause)
            {
                await EndedAsync(EndState(run.ExitCode), run.ExitCode);
                return;
            }

            services.Logger(resource).LogWarning(
                "{Resource} ended with exit code {ExitCode}; it is started again in {Delay} s.", resource.Name, run.ExitCode,
                pause.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture));
            await services.PublishAsync(resource, s => s with
            {
                State = new(KnownResourceStates.RuntimeUnhealthy, KnownResourceStateStyles.Warn), ExitCode = run.ExitCode, IsReady = false,
                StopTimeStamp = services.Clock.GetUtcNow().UtcDateTime,
            });
            await Task.Delay(pause, services.Clock, ct);
        }
    }

    private async Task<(int ExitCode, TimeSpan WasReadyFor)> RunOnceAsync(TaskCompletionSource first, CancellationToken ct)
    {
        await services.PublishAsync(resource, s => s with
        {
            State = new(KnownResourceStates.Starting, KnownResourceStateStyles.Info), ExitCode = null, StopTimeStamp = null, IsReady = false,
            Properties = [.. s.Properties.Where(p => p.Name is not (KnownProperties.WaitingFor or KnownProperties.ExitCode))],
        });
        await services.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services.Provider), ct);
        TakenPorts.ThrowIfAny(resource);
        var plan = await services.Plans.ForAsync(resource, ct);
        if (resource is IResourceWithConnectionString)
            await services.Eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services.Provider), ct);
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<TimeSpan> health = Task.FromResult(TimeSpan.Zero);
        try
        {
            var exitCode = await ResourceProcess.RunAsync(plan, pid =>
            {
                _ = services.PublishAsync(resource, s => Running(s, plan, pid));
                health = services.Health.WatchAsync(resource, watch.Token);
                first.TrySetResult();
            }, (line, isError) => services.Loggers.Write(ResourceNotificationService.ResourceId(resource), line, isError), ct);
            await watch.CancelAsync();
            return (exitCode, await health);
        }
        finally
        {
            await watch.CancelAsync();
        }
    }

    private CustomResourceSnapshot Running(CustomResourceSnapshot before, ProcessPlan plan, int pid) => before with
    {
        State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
        StartTimeStamp = services.Clock.GetUtcNow().UtcDateTime,
        EnvironmentVariables = [.. plan.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new EnvironmentVariableSnapshot(e.Key, e.Value, IsFromSpec: true))],
        Urls = ResourceUrls.Of(resource),
        Properties =
        [
            .. before.Properties.Where(p => p.Name is not (KnownProperties.ExecutablePid or KnownProperties.ExecutableArgs)),
            new(KnownProperties.ExecutablePid, pid), new(KnownProperties.ExecutableArgs, plan.Arguments.ToArray()),
        ],
    };

    private Task EndedAsync(string state, int? exitCode)
    {
        hasEnded = true;
        return services.PublishAsync(resource, s => s with
        {
            State = new(state, state == KnownResourceStates.FailedToStart || exitCode is not (null or 0) ? KnownResourceStateStyles.Error : KnownResourceStateStyles.Info),
            ExitCode = exitCode,
            IsReady = false,
            StopTimeStamp = services.Clock.GetUtcNow().UtcDateTime,
            Urls = [.. s.Urls.Select(u => u with { IsInactive = u.Name is not null })],
            Properties = exitCode is null ? s.Properties : [.. s.Properties.Where(p => p.Name != KnownProperties.ExitCode), new(KnownProperties.ExitCode, exitCode)],
        });
    }

    private static string EndState(int exitCode) =>
        RestartBackoff.CannotStart(exitCode) ? KnownResourceStates.FailedToStart : KnownResourceStates.Finished;
}
