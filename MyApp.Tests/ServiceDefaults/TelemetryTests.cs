using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MyApp.Tests.ServiceDefaults;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Telemetry_OtlpEndpointGiven_TracesMetricsAndLogsArriveByTheTimeTheServiceHasStopped()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var app = await StartAsync(receiver))
        {
            await app.Client.GetStringAsync("/hello", TestContext.Current.CancellationToken);
            await app.Client.GetStringAsync("/health", TestContext.Current.CancellationToken);
        }

        var traces = receiver.All("/v1/traces");
        Assert.Contains("orders-probe", traces, StringComparison.Ordinal);
        Assert.Contains("abcdefgh", traces, StringComparison.Ordinal);
        Assert.Contains("/hello", traces, StringComparison.Ordinal);
        Assert.Contains("somebody said hello", receiver.All("/v1/logs"), StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", receiver.All("/v1/metrics"), StringComparison.Ordinal);
        Assert.All(receiver.Received, message => Assert.Equal("key-1", message.ApiKey));
    }

    [Fact]
    public async Task Telemetry_HealthIsProbed_LeavesNoTraceNotEvenOfWhatItCalls()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var app = await StartAsync(receiver))
        {
            await app.Client.GetStringAsync("/health", TestContext.Current.CancellationToken);
            await app.Client.GetStringAsync("/alive", TestContext.Current.CancellationToken);
            await app.Client.GetStringAsync("/hello", TestContext.Current.CancellationToken);
        }

        var traces = receiver.All("/v1/traces");
        // A server's span is named by method and route; the client's, in this same process, by its method alone.
        Assert.Contains("GET /hello", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /health", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /alive", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("MyApp.Checks", traces, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_NoEndpoint_StartsAndSendsNothing()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var app = await DefaultsApp.StartAsync(map: app => app.MapGet("/hello", () => "hello")))
            Assert.Equal("hello", await app.Client.GetStringAsync("/hello", TestContext.Current.CancellationToken));
        Assert.Empty(receiver.Received);
    }

    private static Task<DefaultsApp> StartAsync(OtlpReceiver receiver) => DefaultsApp.StartAsync(
        builder =>
        {
            var source = new System.Diagnostics.ActivitySource("MyApp.Checks");
            builder.Services.AddHealthChecks().AddCheck("spans", () =>
            {
                using var span = source.StartActivity("asking");
                return Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy();
            });
        },
        app => app.MapGet("/hello", (ILogger<TelemetryTests> log) =>
        {
            log.LogWarning("somebody said hello");
            return "hello";
        }),
        new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=key-1",
            ["OTEL_SERVICE_NAME"] = "orders-probe",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.instance.id=abcdefgh",
        });
}
