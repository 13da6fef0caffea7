using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MyApp.Api.Events;

/// <summary>Degraded, never unhealthy: everything works without Redis, only slower.</summary>
internal sealed class RedisHealth(RedisLink redis) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(redis.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
