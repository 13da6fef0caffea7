using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.Hosting.Engine.Health;

/// <summary>Healthy when one request to an endpoint is answered with the expected status.</summary>
internal sealed class HttpHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
{
    private const int Shown = 300;

    // No redirects: the answer of another address says nothing about this one.
    private static readonly HttpClient Client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public string Path => path;

    public int StatusCode => statusCode;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated)
            return HealthCheckResult.Unhealthy("the endpoint has no address yet");
        var address = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var response = await Client.GetAsync(address, cancellationToken);
            if ((int)response.StatusCode == statusCode)
                return HealthCheckResult.Healthy();
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return HealthCheckResult.Unhealthy(
                $"{address} answered {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}: {body[..Math.Min(body.Length, Shown)]}");
        }
        catch (HttpRequestException failure)
        {
            return HealthCheckResult.Unhealthy($"{address}: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{address} did not answer within {Client.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
    }
}
