using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Hosting.Engine.Health;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts only once the dependency runs, is healthy and has handled its ready event.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport =>
        Wait(builder, dependency.Resource, WaitType.WaitUntilHealthy);

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => Wait(builder, dependency.Resource, WaitType.WaitUntilHealthy, waitBehavior: waitBehavior);

    /// <summary>Starts only once the dependency runs, healthy or not.</summary>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => Wait(builder, dependency.Resource, WaitType.WaitUntilStarted);

    /// <summary>Starts only once the dependency has ended with that exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => Wait(builder, dependency.Resource, WaitType.WaitForCompletion, exitCode);

    /// <param name="key">The name of a check registered with <c>Services.AddHealthChecks()</c>.</param>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(a => a.Key == key))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.");
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <param name="path">Default <c>/</c>.</param>
    /// <param name="statusCode">Default 200.</param>
    /// <param name="endpointName">Default: the endpoint <c>http</c>, else <c>https</c>.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null) where T : IResourceWithEndpoints
    {
        var name = endpointName ?? (builder.GetEndpoint("http").Exists || !builder.GetEndpoint("https").Exists ? "http" : "https");
        return builder.WithHttpHealthCheck(() => builder.GetEndpoint(name), path, statusCode);
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null) where T : IResourceWithEndpoints
    {
        var endpoint = (endpointSelector ?? (() => builder.GetEndpoint("http")))();
        if (!endpoint.Exists)
            throw new DistributedApplicationException($"The endpoint '{endpoint.EndpointName}' does not exist on the resource '{builder.Resource.Name}'.");
        var check = new HttpHealthCheck(endpoint, path ?? "/", statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{check.Path}_{check.StatusCode}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, check, failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    private static IResourceBuilder<T> Wait<T>(
        IResourceBuilder<T> builder, IResource dependency, WaitType type, int exitCode = 0, WaitBehavior? waitBehavior = null) where T : IResourceWithWaitSupport
    {
        if (ReferenceEquals(builder.Resource, dependency))
            throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for itself.");
        if (builder.Resource is IResourceWithParent child && ReferenceEquals(child.Parent, dependency))
            throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for its parent '{dependency.Name}'.");
        // A child, such as a database, is there only where its parent is.
        if (dependency is IResourceWithParent { Parent: var parent } && type != WaitType.WaitForCompletion)
            Wait(builder, parent, type, exitCode, waitBehavior);
        return builder.WithRelationship(dependency, "WaitFor")
            .WithAnnotation(new WaitAnnotation(dependency, type, exitCode) { WaitBehavior = waitBehavior });
    }
}
