using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MyApp.Api.Persistence;

/// <summary>Waits for PostgreSQL, applies the migrations under a lock that other replicas honour, and opens the gate.</summary>
internal sealed class DatabaseStartup(
    IServiceProvider services, DatabaseGate gate, TimeProvider clock, ILogger<DatabaseStartup> log) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; !await TryMigrateAsync(stoppingToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            log.LogWarning("Waiting for PostgreSQL, next try in {Pause}: {Reason}", pause, gate.Reason);
            await Task.Delay(pause, clock, stoppingToken);
        }

        gate.Open();
        log.LogInformation("PostgreSQL is there and its schema is up to date");
    }

    private async Task<bool> TryMigrateAsync(CancellationToken ct)
    {
        try
        {
            var source = services.GetRequiredService<NpgsqlDataSource>();
            await using var connection = await source.OpenConnectionAsync(ct);
            await Sql.LockMigrationsAsync(connection, ct);
            await using var db = await services.GetRequiredService<IDbContextFactory<ControlPlaneContext>>().CreateDbContextAsync(ct);
            await db.Database.MigrateAsync(ct);
            await Sql.UnlockMigrationsAsync(connection, ct);
            return true;
        }
        catch (Exception e) when (DatabaseFailure.Explains(e) || e is InvalidOperationException or ArgumentException)
        {
            // The last two are what a missing or malformed connection string throws, in words a person can act on.
            gate.Refuse(DatabaseFailure.Reason(e));
            return false;
        }
    }
}
