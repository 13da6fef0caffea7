using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using MyApp.ServiceDefaults.Health;
using MyApp.ServiceDefaults.Http;
using MyApp.ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service wires the same way: health, resilience, discovery, telemetry, logs and problem details.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Call it first, before the service's own registrations.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails();
        builder.AddStructuredLogs();
        builder.AddTelemetry();
        builder.Services.AddHealthDefaults();
        builder.Services.AddHttpClientDefaults();
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (readiness: every check but the advisory ones, 503 when one is unhealthy, 200 when merely degraded) and <c>/alive</c>
    /// (liveness: the process answers, whatever its dependencies do).
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealth("/health", check => !check.Tags.Contains(HealthDefaults.AdvisoryTag));
        app.MapHealth("/alive", check => check.Tags.Contains(HealthDefaults.LiveTag));
        return app;
    }

    // People read the plain console while developing; collectors read one JSON object a line everywhere else.
    private static void AddStructuredLogs(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
            return;
        builder.Logging.AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            console.IncludeScopes = true;
        });
    }
}
