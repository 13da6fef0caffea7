using System.Security.Cryptography;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;
using MyApp.Hosting.Engine.Health;

namespace MyApp.Hosting.Engine.Execution;

/// <summary>What every runner needs.</summary>
internal sealed class RunnerServices(
    ResourceNotificationService notifications, ResourceLoggerService loggers, IDistributedApplicationEventing eventing, DependencyWait waits,
    ExecutionPlans plans, HealthWatch health, EngineSettings settings, TimeProvider clock, IServiceProvider provider)
{
    private const int SuffixLength = 8;

    public ResourceNotificationService Notifications => notifications;

    public ResourceLoggerService Loggers => loggers;

    public IDistributedApplicationEventing Eventing => eventing;

    public DependencyWait Waits => waits;

    public ExecutionPlans Plans => plans;

    public HealthWatch Health => health;

    public EngineSettings Settings => settings;

    public TimeProvider Clock => clock;

    public IServiceProvider Provider => provider;

    public static bool IsProcess(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    /// <summary>A thing others connect to or look at is meant to go on running; any other process does its work and ends.</summary>
    public static bool IsService(IResource resource) =>
        resource.HasAnnotationOfType<EndpointAnnotation>() || resource.HasAnnotationOfType<HealthCheckAnnotation>();

    public static string NewSuffix() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", SuffixLength);

    public ILogger Logger(IResource resource) => loggers.GetLogger(resource);

    public Task PublishAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> change) =>
        notifications.PublishUpdateAsync(resource, change);
}
