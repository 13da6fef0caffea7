using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.ServiceDefaults.Health;

internal static class HealthDefaults
{
    public const string LiveTag = "live";

    /// <summary>Marks a check that people are shown and that takes no traffic away.</summary>
    public const string AdvisoryTag = "advisory";

    // The name under which AddRedisClient registers its check.
    private const string RedisCheck = "StackExchange.Redis";

    // A probe gives up after some seconds; a check that hangs must not turn "degraded" into "no answer".
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(3);

    public static void AddHealthDefaults(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations)
                ApplyDefaults(registration);
        });
    }

    public static void MapHealth(this IEndpointRouteBuilder routes, string path, Func<HealthCheckRegistration, bool> predicate) =>
        routes.MapHealthChecks(path, new HealthCheckOptions { Predicate = predicate, ResponseWriter = HealthReportJson.WriteAsync })
            .DisableHttpMetrics()
            .Add(WithoutTracing);

    // Redis holds only what may be lost, so losing it degrades a service and never takes it out of traffic.
    private static void ApplyDefaults(HealthCheckRegistration registration)
    {
        if (registration.Name.StartsWith(RedisCheck, StringComparison.Ordinal))
            registration.FailureStatus = HealthStatus.Degraded;
        if (registration.Timeout == Timeout.InfiniteTimeSpan)
            registration.Timeout = CheckTimeout;
    }

    // Probes ask every few seconds and would bury the traces people look for. Un-recording the request's activity before the
    // checks run also drops the spans they would start below it.
    private static void WithoutTracing(EndpointBuilder endpoint)
    {
        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
            {
                activity.IsAllDataRequested = false;
                activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
            return next(context);
        };
    }
}
