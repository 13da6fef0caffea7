using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MyApp.Api.Persistence;

/// <summary>Unhealthy, with the reason, while PostgreSQL can't be used: nothing works without it.</summary>
internal sealed class DatabaseHealth(IServiceProvider services, DatabaseGate gate) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!gate.IsOpen)
            return HealthCheckResult.Unhealthy($"waiting for PostgreSQL: {gate.Reason}");
        try
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select 1");
            command.CommandTimeout = 2;
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            return HealthCheckResult.Unhealthy(DatabaseFailure.Reason(e));
        }
    }
}
