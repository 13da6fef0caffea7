using System.Collections.Immutable;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>A resource that is a value, such as a parameter: there is nothing to start.</summary>
internal sealed class ValueRunner(IResource resource, RunnerServices services) : IResourceRunner
{
    public IResource Resource => resource;

    public async Task StartAsync(CancellationToken ct)
    {
        if (resource.HasAnnotationOfType<ResourceSnapshotAnnotation>())
        {
            await services.PublishAsync(resource, s => s with { IsReady = true });
            return;
        }

        try
        {
            ImmutableArray<ResourcePropertySnapshot> properties = resource is ParameterResource parameter
                ? [new(KnownProperties.ParameterValue, await parameter.GetValueAsync(ct)) { IsSensitive = parameter.Secret }]
                : [];
            await services.PublishAsync(resource, s => s with { State = Running, Properties = [.. s.Properties, .. properties], IsReady = true });
        }
        catch (MissingParameterValueException missing)
        {
            services.Loggers.Write(resource.Name, missing.Message, isError: true);
            await services.PublishAsync(resource, s => s with { State = new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Error) });
        }
    }

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
    }

    private static ResourceStateSnapshot Running => new(KnownResourceStates.Running, KnownResourceStateStyles.Success);
}
