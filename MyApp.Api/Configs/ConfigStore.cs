using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Layering;

namespace MyApp.Api.Configs;

/// <summary>Values of services by environment, in versions. A change is one version, whatever it touches; nothing is ever overwritten.</summary>
internal sealed class ConfigStore(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, WatchedReads watched, TimeProvider clock)
{
    /// <param name="version">What held then; null: what holds now.</param>
    public async Task<ConfigView> ReadAsync(string service, string environment, long? version, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ReadAsync(db, service, environment, version, ct);
    }

    /// <summary>What the layers of a service's spec get: its own values over those of every service.</summary>
    public async Task<IReadOnlyList<RemoteValue>> ForSpecAsync(string service, string environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var shared = await ReadAsync(db, RemoteKeys.EveryService, environment, null, ct);
        var own = await ReadAsync(db, service, environment, null, ct);
        return [.. shared.Values, .. own.Values];
    }

    /// <returns>Null: the version that holds is not <see cref="ConfigChangeRequest.IfVersion"/>.</returns>
    public async Task<ConfigView?> ChangeAsync(string service, ConfigChangeRequest request, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Sql.LockConfigsAsync(db.Database, ct);
        var before = await ReadAsync(db, service, request.Environment, null, ct);
        if (request.IfVersion is { } expected && expected != before.Version)
            return null;
        var values = new Dictionary<string, string?>(request.Set ?? new Dictionary<string, string?>(), StringComparer.Ordinal);
        foreach (var key in request.Unset ?? [])
            values[key] = null;
        return await AppendAsync(db, transaction, before, values, request.RequestedBy, request.Message, ct);
    }

    /// <summary>Makes the values of an earlier version hold again, as a new version.</summary>
    public async Task<RollbackOutcome> RollBackAsync(string service, ConfigRollbackRequest request, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Sql.LockConfigsAsync(db.Database, ct);
        var before = await ReadAsync(db, service, request.Environment, null, ct);
        if (request.To < 0 || request.To > before.Version)
            return new RollbackOutcome.Unknown();
        var then = await ReadAsync(db, service, request.Environment, request.To, ct);
        var values = then.Values.ToDictionary(value => value.Key, value => (string?)value.Value, StringComparer.Ordinal);
        foreach (var gone in before.Values.Where(value => !values.ContainsKey(value.Key)))
            values[gone.Key] = null;
        // What holds already is no part of the change, as in one that sets other keys.
        if (ConfigRules.Check(then.Values.ExceptBy(before.Values.Select(KeyAndValue), KeyAndValue)) is { Count: > 0 } problems)
            return new RollbackOutcome.Unusable(problems);
        return new RollbackOutcome.Done(await AppendAsync(db, transaction, before, values, request.RequestedBy, $"back to version {request.To}", ct));
    }

    public async Task<ConfigHistory> HistoryAsync(string service, string environment, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var changes = await db.ConfigChanges.AsNoTracking().Where(c => c.Service == service && c.Environment == environment)
            .OrderByDescending(c => c.Version).Take(most).ToListAsync(ct);
        var oldest = changes.Count == 0 ? 0 : changes[^1].Version;
        var values = await db.ConfigValues.AsNoTracking().Where(v => v.Service == service && v.Environment == environment && v.Version >= oldest).ToListAsync(ct);
        var keys = values.ToLookup(value => value.Version, value => value.Value is null ? $"-{value.Key}" : value.Key);
        return new([.. changes.Select(c => new ConfigChangeView(c.Version, c.CreatedAt, c.CreatedBy, c.Message, [.. keys[c.Version].Order(StringComparer.Ordinal)]))]);
    }

    private async Task<ConfigView> AppendAsync(
        ControlPlaneContext db, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, ConfigView before, Dictionary<string, string?> values,
        string by, string? message, CancellationToken ct)
    {
        var held = before.Values.ToDictionary(value => value.Key, value => (string?)value.Value, StringComparer.Ordinal);
        var changed = values.Where(pair => held.GetValueOrDefault(pair.Key) != pair.Value).ToList();
        if (changed.Count == 0)
            return before;
        var (version, now) = (before.Version + 1, Now());
        db.ConfigChanges.Add(new()
        {
            Service = before.Service, Environment = before.Environment, Version = version, CreatedAt = now, CreatedBy = by, Message = message,
        });
        db.ConfigValues.AddRange(changed.Select(pair => new ConfigValueRow
        {
            Service = before.Service, Environment = before.Environment, Key = pair.Key, Version = version, Value = pair.Value,
        }));
        await db.SaveChangesAsync(ct);
        await Sql.AddConfigReactionsAsync(db.Database, before.Service == RemoteKeys.EveryService ? null : before.Service, before.Environment, Guid.CreateVersion7(now), by, ct);
        var beat = wakeups.Configs.Next;
        await transaction.CommitAsync(ct);
        var untouched = before.Values.Where(value => !changed.Exists(pair => pair.Key == value.Key));
        var written = changed.Where(pair => pair.Value is not null).Select(pair => new RemoteValue(pair.Key, pair.Value!, version, by, now));
        var after = before with { Version = version, Values = [.. untouched.Concat(written).OrderBy(value => value.Key, StringComparer.Ordinal)] };
        watched.Tell(beat, after);
        return after;
    }

    private static (string Key, string Value) KeyAndValue(RemoteValue value) => (value.Key, value.Value);

    // As precise as the record keeps it.
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    // The version first: what is written meanwhile is of a later one, and is left for the next read.
    private static async Task<ConfigView> ReadAsync(ControlPlaneContext db, string service, string environment, long? version, CancellationToken ct)
    {
        var changes = db.ConfigChanges.AsNoTracking().Where(c => c.Service == service && c.Environment == environment);
        var held = await changes.Where(c => version == null || c.Version <= version).MaxAsync(c => (long?)c.Version, ct) ?? 0;
        var values = db.ConfigValues.AsNoTracking().Where(v => v.Service == service && v.Environment == environment && v.Version <= held);
        var holding = await values.Where(v => v.Value != null && !values.Any(later => later.Key == v.Key && later.Version > v.Version))
            .Join(changes, v => v.Version, c => c.Version, (v, c) => new RemoteValue(v.Key, v.Value!, v.Version, c.CreatedBy, c.CreatedAt)).ToListAsync(ct);
        return new(service, environment, held, [.. holding.OrderBy(value => value.Key, StringComparer.Ordinal)]);
    }
}
