using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine.Commands;
using MyApp.Hosting.Engine.Execution;
using MyApp.Hosting.Engine.Logs;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine;

/// <summary>Starts every resource of the model in the order its waits ask for, and stops them in reverse.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model, RunnerServices services, DistributedApplicationExecutionContext context, TerminalLogs terminal, StartSummary summary)
    : IHostedService, IDisposable
{
    // All waves together: a stop takes at most ten seconds, of which the last wave keeps four (ResourceProcess.Grace).
    private static readonly TimeSpan StopBudget = TimeSpan.FromSeconds(5);

    private readonly List<IResourceRunner> runners = [];
    private ResourceGraph? graph;
    private Task? stopping;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (context.IsPublishMode)
            return;
        var began = services.Clock.GetTimestamp();
        await services.Eventing.PublishAsync(new BeforeStartEvent(services.Provider, model), cancellationToken);
        graph = ResourceGraph.Of(model);
        Prepare();
        terminal.Attach(model);
        var started = Task.WhenAll(runners.Select(r => r.StartAsync(cancellationToken)));
        // A stop in the middle of the start: whoever still waits for a dependency is told by StopAsync.
        if (await Task.WhenAny(started, Task.Delay(Timeout.InfiniteTimeSpan, services.Clock, cancellationToken)) != started)
            return;
        await started;
        await services.Eventing.PublishAsync(new AfterResourcesCreatedEvent(services.Provider, model), cancellationToken);
        summary.Watch(model, began);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (runners)
            return stopping ??= StopAllAsync();
    }

    public void Dispose()
    {
        foreach (var runner in runners)
            runner.Dispose();
    }

    private void Prepare()
    {
        foreach (var resource in model.Resources.Where(RunnerServices.IsProcess))
        {
            resource.Annotations.Add(new InstanceAnnotation(RunnerServices.NewSuffix()));
            runners.Add(new ProcessRunner(resource, services));
        }

        foreach (var resource in model.Resources.Where(r => !RunnerServices.IsProcess(r)))
            runners.Add(resource is IResourceWithParent child ? new ChildRunner(child, services) : new ValueRunner(resource, services));
        EndpointAllocation.Allocate(model, services.Settings.RandomizePorts);
        foreach (var runner in runners.OfType<ProcessRunner>())
            LifecycleCommands.Add(runner);
    }

    private async Task StopAllAsync()
    {
        summary.Stop();
        if (graph is null)
            return;
        var waves = graph.StopWaves().Select(wave => runners.Where(r => wave.Contains(r.Resource)).ToList()).Where(w => w.Count > 0).ToList();
        var all = new List<Task>();
        foreach (var wave in waves)
        {
            var stopped = Task.WhenAll(wave.Select(r => r.StopAsync()));
            all.Add(stopped);
            // Whoever does not make it in time goes on stopping beside the next wave.
            await Task.WhenAny(stopped, Task.Delay(StopBudget / waves.Count, services.Clock));
        }

        await Task.WhenAll(all);
        terminal.Flush();
    }
}
