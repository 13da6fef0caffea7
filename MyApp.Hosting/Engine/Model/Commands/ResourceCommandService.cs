using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public class ResourceCommandService
{
    private readonly ResourceNotificationService notifications;
    private readonly ResourceLoggerService loggers;
    private readonly IServiceProvider services;

    internal ResourceCommandService(ResourceNotificationService notifications, ResourceLoggerService loggers, IServiceProvider services)
    {
        this.notifications = notifications;
        this.loggers = loggers;
        this.services = services;
    }

    /// <param name="resourceId">An instance, as <see cref="ResourceEvent.ResourceId"/> names it.</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        notifications.TryGetCurrentState(resourceId, out var state)
            ? await RunAsync(state.Resource, resourceId, commandName, cancellationToken)
            : CommandResults.Failure($"Resource '{resourceId}' not found.");

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        RunAsync(resource, ResourceNotificationService.ResourceId(resource), commandName, cancellationToken);

    private async Task<ExecuteCommandResult> RunAsync(IResource resource, string resourceId, string commandName, CancellationToken cancellationToken)
    {
        var command = resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(c => c.Name == commandName);
        if (command is null)
            return CommandResults.Failure($"Command '{commandName}' not available for resource '{resourceId}'.");
        var logger = loggers.GetLogger(resourceId);
        try
        {
            return await command.ExecuteCommand(new ExecuteCommandContext
            {
                ServiceProvider = services, ResourceName = resourceId, CancellationToken = cancellationToken, Logger = logger,
            });
        }
        catch (OperationCanceledException)
        {
            return CommandResults.Canceled();
        }
#pragma warning disable CA1031 // a boundary: the command is the app model's code, its failure is the caller's answer
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogError(failure, "Command {Command} failed.", commandName);
            return CommandResults.Failure(failure);
        }
    }
}
