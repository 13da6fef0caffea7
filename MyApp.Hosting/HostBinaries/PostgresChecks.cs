using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Healthy when a session can be opened and answers.</summary>
internal sealed class PostgresChecks(ReferenceExpression connectionString) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <returns>The key to give to <c>WithHealthCheck</c>.</returns>
    public static string Register(IDistributedApplicationBuilder builder, string key, ReferenceExpression connectionString)
    {
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, new PostgresChecks(connectionString), failureStatus: null, tags: null));
        return key;
    }

    public static async Task CreateDatabaseAsync(ReferenceExpression server, string name, CancellationToken ct)
    {
        await using var connection = await OpenAsync(server, ct);
        await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = name } } };
        if (await find.ExecuteScalarAsync(ct) is not null)
            return;
#pragma warning disable CA2100 // an identifier cannot be a parameter; it is quoted as the SQL standard has it
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
#pragma warning restore CA2100
        await create.ExecuteNonQueryAsync(ct);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, cancellationToken);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(ReferenceExpression connectionString, CancellationToken ct)
    {
        // No pool: a check is rare, and a pooled session would outlive a stop of the server.
        var settings = new NpgsqlConnectionStringBuilder(await connectionString.GetValueAsync(ct))
        {
            Pooling = false, Timeout = (int)Patience.TotalSeconds, CommandTimeout = (int)Patience.TotalSeconds,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
