using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using MyApp.Api.Builds;
using Npgsql;

namespace MyApp.Api.Persistence;

/// <summary>A runnable rollout that this replica has taken, and the fence its writes are made under.</summary>
internal sealed record Claim(string Service, string Environment, Guid Rollout, string Owner, long Fence, long Calls);

/// <summary>The only home of raw SQL: what the model can't say (SKIP LOCKED, advisory locks, the database's clock).</summary>
internal static class Sql
{
    // Any two numbers, as long as nobody else in this database uses them.
    private const long MigrationLock = 0x4d79_4170_7001;
    private const long EventLock = 0x4d79_4170_7002;
    private const long SecretLock = 0x4d79_4170_7003;
    private const long ConfigLock = 0x4d79_4170_7004;
    private const long BuildLock = 0x4d79_4170_7005;

    /// <summary>Holds back the other replicas until this connection closes.</summary>
    public static Task LockMigrationsAsync(NpgsqlConnection connection, CancellationToken ct) =>
        ExecuteAsync(connection, "select pg_advisory_lock($1)", MigrationLock, ct);

    public static Task UnlockMigrationsAsync(NpgsqlConnection connection, CancellationToken ct) =>
        ExecuteAsync(connection, "select pg_advisory_unlock($1)", MigrationLock, ct);

    /// <summary>
    /// Taken right before events are inserted and held until the transaction ends. A sequence hands out numbers in the order of
    /// inserts and not of commits: without it a reader could see event 8 while 7 is still uncommitted, resume after 8 and never see 7.
    /// </summary>
    public static Task LockEventsAsync(DatabaseFacade database, CancellationToken ct) =>
        database.ExecuteSqlAsync($"select pg_advisory_xact_lock({EventLock})", ct);

    /// <summary>One writer of secrets at a time, until the transaction ends: versions have no gaps, and none is wrapped with an old key meanwhile.</summary>
    public static Task LockSecretsAsync(DatabaseFacade database, CancellationToken ct) =>
        database.ExecuteSqlAsync($"select pg_advisory_xact_lock({SecretLock})", ct);

    /// <summary>One writer of configs at a time, until the transaction ends.</summary>
    public static Task LockConfigsAsync(DatabaseFacade database, CancellationToken ct) =>
        database.ExecuteSqlAsync($"select pg_advisory_xact_lock({ConfigLock})", ct);

    /// <summary>Notes that values have changed, for every known service that has them.</summary>
    /// <param name="service">Null: every service of the environment.</param>
    public static Task AddConfigReactionsAsync(DatabaseFacade database, string? service, string environment, Guid mark, string by, CancellationToken ct) =>
        database.ExecuteSqlAsync(
            $"""
            insert into config_reactions (service, environment, mark, changed_by, changed_at)
            select service, environment, {mark}, {by}, clock_timestamp() from services where environment = {environment} and ({service}::text is null or service = {service}::text)
            on conflict (service, environment) do update set mark = excluded.mark, changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """, ct);

    /// <summary>One writer of builds and their lines at a time, until the transaction ends.</summary>
    public static Task LockBuildsAsync(DatabaseFacade database, CancellationToken ct) =>
        database.ExecuteSqlAsync($"select pg_advisory_xact_lock({BuildLock})", ct);

    /// <summary>Takes the oldest build that nobody works on; null: none. Two replicas never get the same one.</summary>
    public static async Task<BuildClaim?> ClaimBuildAsync(NpgsqlDataSource source, string owner, TimeSpan duration, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            update builds set state = 'Running', owner = $1, expires = clock_timestamp() + $2, fence = fence + 1, platforms = '[]', started_at = coalesce(started_at, clock_timestamp())
            where id = (
                select id from builds
                where state = 'Queued' or (state = 'Running' and (owner is null or expires < clock_timestamp()))
                order by created_at
                limit 1
                for update skip locked)
            returning id, fence
            """);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(duration);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new BuildClaim(reader.GetGuid(0), owner, reader.GetInt64(1)) : null;
    }

    /// <summary>Puts a rollout's build into the queue, unless it is there already or the rollout is not building any more (cancelled, say).</summary>
    public static async Task AddShipBuildAsync(DatabaseFacade database, BuildRow row, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"""
            insert into builds (id, service, environment, source, wanted, state, platforms, requested_by, cancels, created_at, fence, rollout, set, vcs)
            select {row.Id}, {row.Service}, {row.Environment}, {row.Source}, {row.Wanted}, 'Queued', '[]'::jsonb, {row.RequestedBy}, false, {row.CreatedAt}, 0, id, rollouts.set, rollouts.vcs
            from rollouts where id = {row.Rollout} and state = 'Building'
            for share
            on conflict (rollout) do nothing
            """, ct);

    /// <returns>Whether somebody wants it to end; null: this claim does not hold any more.</returns>
    public static async Task<bool?> RenewBuildAsync(NpgsqlDataSource source, BuildClaim claim, TimeSpan duration, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            update builds set expires = clock_timestamp() + $1
            where id = $2 and owner = $3 and fence = $4 and state = 'Running' and expires > clock_timestamp()
            returning cancels
            """);
        command.Parameters.AddWithValue(duration);
        AddClaim(command, claim);
        return (bool?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Gives it back to be begun anew by any replica.</summary>
    public static async Task ReleaseBuildAsync(NpgsqlDataSource source, BuildClaim claim, CancellationToken ct)
    {
        await using var command = source.CreateCommand("update builds set owner = null, expires = null where id = $1 and owner = $2 and fence = $3 and state = 'Running'");
        AddClaim(command, claim);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes the oldest lease that nobody works on; null: none. Two replicas never get the same one.</summary>
    public static async Task<Claim?> ClaimAsync(NpgsqlDataSource source, string owner, TimeSpan duration, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            update leases set owner = $1, expires = clock_timestamp() + $2, fence = fence + 1
            where (service, environment) = (
                select service, environment from leases
                where expires is null or expires < clock_timestamp()
                order by acquired
                limit 1
                for update skip locked)
            returning service, environment, rollout, fence, calls
            """);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(duration);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new Claim(reader.GetString(0), reader.GetString(1), reader.GetGuid(2), owner, reader.GetInt64(3), reader.GetInt64(4))
            : null;
    }

    /// <summary>False: another replica has taken it meanwhile, or it is gone.</summary>
    public static async Task<bool> RenewAsync(NpgsqlDataSource source, Claim claim, TimeSpan duration, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "update leases set expires = clock_timestamp() + $1 where rollout = $2 and owner = $3 and fence = $4 and expires > clock_timestamp()");
        command.Parameters.AddWithValue(duration);
        AddClaim(command, claim);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Gives it back unfinished: any replica may take it at once.</summary>
    public static async Task ReleaseAsync(NpgsqlDataSource source, Claim claim, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "update leases set owner = null, expires = null where rollout = $1 and owner = $2 and fence = $3");
        AddClaim(command, claim);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives it back for <paramref name="rest"/>, or until it is called; at once where it has been called since it was taken.</summary>
    public static async Task ParkAsync(NpgsqlDataSource source, Claim claim, TimeSpan rest, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            update leases set owner = null, expires = case when calls = $4 then clock_timestamp() + $5 end
            where rollout = $1 and owner = $2 and fence = $3
            """);
        AddClaim(command, claim);
        command.Parameters.AddWithValue(claim.Calls);
        command.Parameters.AddWithValue(rest);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>There is something that a parked run is to look at.</summary>
    public static Task CallAsync(DatabaseFacade database, Guid rollout, CancellationToken ct) => database.ExecuteSqlAsync(
        $"update leases set calls = calls + 1, expires = case when owner is not null then expires end where rollout = {rollout}", ct);

    /// <summary>Keeps a signature; false: the key has signed already.</summary>
    public static async Task<bool> AddApprovalAsync(DatabaseFacade database, ApprovalRow row, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"insert into approvals (rollout, key, signature, at) values ({row.Rollout}, {row.Key}, {row.Signature}, {row.At}) on conflict do nothing", ct) == 1;

    /// <summary>Locks the lease against takers until the transaction ends. False: this claim does not hold it any more.</summary>
    public static async Task<bool> HoldsAsync(DatabaseFacade database, Claim claim, CancellationToken ct)
    {
        var held = await database.SqlQuery<long>(
            $"""
            select fence as "Value" from leases
            where rollout = {claim.Rollout} and owner = {claim.Owner} and fence = {claim.Fence} and expires > clock_timestamp()
            for update
            """).ToListAsync(ct);
        return held.Count == 1;
    }

    /// <summary>Takes the next release number of a service; waits for another transaction that is taking one.</summary>
    public static async Task<int> NextReleaseNumberAsync(DatabaseFacade database, string service, string environment, CancellationToken ct)
    {
        var numbers = await database.SqlQuery<int>(
            $"""
            insert into services as s (service, environment, last_number) values ({service}, {environment}, 1)
            on conflict (service, environment) do update set last_number = s.last_number + 1
            returning last_number as "Value"
            """).ToListAsync(ct);
        return numbers[0];
    }

    /// <summary>Makes the service known; false: it was already.</summary>
    public static async Task<bool> AddServiceAsync(DatabaseFacade database, string service, string environment, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"insert into services (service, environment, last_number) values ({service}, {environment}, 0) on conflict do nothing", ct) == 1;

    public static async Task<bool> AddSourceAsync(DatabaseFacade database, SourceRow row, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"insert into sources (digest, bytes, received_at) values ({row.Digest}, {row.Bytes}, {row.ReceivedAt}) on conflict do nothing", ct) == 1;

    /// <summary>False: the key is known; waits for a transaction that is just adding it.</summary>
    public static async Task<bool> AddIdempotencyKeyAsync(DatabaseFacade database, IdempotencyRow row, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"""
            insert into idempotency_keys (key, request, rollout, created_at) values ({row.Key}, {row.Request}, {row.Rollout}, {row.CreatedAt})
            on conflict do nothing
            """, ct) == 1;

    /// <summary>Takes the service's lease for a rollout. False: another rollout holds it.</summary>
    public static async Task<bool> AddLeaseAsync(DatabaseFacade database, LeaseRow row, CancellationToken ct) =>
        await database.ExecuteSqlAsync(
            $"""
            insert into leases (service, environment, holder, rollout, acquired, fence)
            values ({row.Service}, {row.Environment}, {row.Holder}, {row.Rollout}, {row.Acquired}, 0) on conflict (service, environment) do nothing
            """, ct) == 1;

    private static void AddClaim(NpgsqlCommand command, BuildClaim claim)
    {
        command.Parameters.AddWithValue(claim.Build);
        command.Parameters.AddWithValue(claim.Owner);
        command.Parameters.AddWithValue(claim.Fence);
    }

    private static void AddClaim(NpgsqlCommand command, Claim claim)
    {
        command.Parameters.AddWithValue(claim.Rollout);
        command.Parameters.AddWithValue(claim.Owner);
        command.Parameters.AddWithValue(claim.Fence);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, long key, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue(key);
        await command.ExecuteNonQueryAsync(ct);
    }
}
