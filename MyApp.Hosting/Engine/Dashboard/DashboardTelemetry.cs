namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>What a service needs in its environment to send traces, metrics and logs to the dashboard.</summary>
internal sealed class DashboardTelemetry(DashboardSettings settings)
{
    /// <summary>
    /// Adds nothing when there is no dashboard, and never replaces what the app model said. The dashboard ties telemetry to a resource only
    /// when the resource is named <c>{service name}-{instance id}</c>.
    /// </summary>
    public void AddTo(IDictionary<string, object> environment, string resourceName, string instanceSuffix)
    {
        if (settings.Program is null)
            return;
        environment.TryAdd("OTEL_EXPORTER_OTLP_ENDPOINT", settings.OtlpGrpcUrl);
        environment.TryAdd("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        environment.TryAdd("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={settings.OtlpKey}");
        environment.TryAdd("OTEL_SERVICE_NAME", resourceName);
        environment.TryAdd("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={instanceSuffix}");
        // Someone is looking: a second instead of the five, or sixty, that are meant for production.
        environment.TryAdd("OTEL_BLRP_SCHEDULE_DELAY", "1000");
        environment.TryAdd("OTEL_BSP_SCHEDULE_DELAY", "1000");
        environment.TryAdd("OTEL_METRIC_EXPORT_INTERVAL", "1000");
    }
}
