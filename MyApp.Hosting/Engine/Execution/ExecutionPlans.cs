using System.Globalization;
using MyApp.Hosting.Engine.Containers;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Hosting.HostBinaries;
using MyApp.Hosting.Engine.Projects;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>Turns a resource into the program that runs it.</summary>
internal sealed class ExecutionPlans(
    DistributedApplicationExecutionContext context, AppHostLocation location, ResourceLoggerService loggers, DashboardTelemetry? telemetry = null)
{
    public async Task<ProcessPlan> ForAsync(IResource resource, CancellationToken ct)
    {
        var environment = await EnvironmentAsync(resource, ct);
        var arguments = await ArgumentsAsync(resource, ct);
        return resource switch
        {
            ProjectResource project => ProjectPlan.Build(project, location.Assembly, arguments, environment),
            ContainerResource container => ContainerPlan.Build(container, SnapshotFactory.ResourceId(resource), await ContainerEngine.RequireAsync(ct), arguments, environment),
            ExecutableResource executable => new ProcessPlan(executable.Command, arguments, environment, executable.WorkingDirectory),
            _ => throw new DistributedApplicationException($"'{resource.Name}' is not a thing that runs."),
        };
    }

    private async Task<Dictionary<string, string>> EnvironmentAsync(IResource resource, CancellationToken ct)
    {
        var callbacks = new EnvironmentCallbackContext(context, resource, cancellationToken: ct) { Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
            await annotation.Callback(callbacks);
        if (resource.HasAnnotationOfType<OtlpExporterAnnotation>() && resource.TryGetLastAnnotation<InstanceAnnotation>(out var instance))
            telemetry?.AddTo(callbacks.EnvironmentVariables, resource.Name, instance.Suffix);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in callbacks.EnvironmentVariables)
        {
            if (await TextAsync(value, ct) is { } text)
                environment[name] = text;
        }

        return environment;
    }

    private async Task<List<string>> ArgumentsAsync(IResource resource, CancellationToken ct)
    {
        var callbacks = new CommandLineArgsCallbackContext([], resource, ct) { ExecutionContext = context, Logger = loggers.GetLogger(resource) };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
            await annotation.Callback(callbacks);
        var arguments = new List<string>();
        foreach (var value in callbacks.Args)
        {
            if (await TextAsync(value, ct) is { } text)
                arguments.Add(text);
        }

        return arguments;
    }

    private static async ValueTask<string?> TextAsync(object value, CancellationToken ct) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(ct),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
