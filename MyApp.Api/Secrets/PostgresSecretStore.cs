using Microsoft.EntityFrameworkCore;
using MyApp.Api.Persistence;
using MyApp.Deployment.Secrets;

namespace MyApp.Api.Secrets;

/// <summary>Sealed secrets in PostgreSQL. The database holds nothing that opens them.</summary>
internal sealed class PostgresSecretStore(IDbContextFactory<ControlPlaneContext> contexts) : ISecretStore
{
    public async Task<IReadOnlyList<SealedSecret>> ListAsync(string? environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Secrets.AsNoTracking().Where(s => environment == null || s.Environment == environment).OrderBy(s => s.Name).ThenBy(s => s.Version).ToListAsync(ct);
        return [.. rows.Select(row => row.ToSealed())];
    }

    public async Task<SealedSecret?> FindAsync(SecretScope scope, string name, int? version, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await Versions(db, scope, name).Where(s => version == null || s.Version == version).OrderByDescending(s => s.Version).FirstOrDefaultAsync(ct))?.ToSealed();
    }

    public async Task<SealedSecret> AddAsync(SecretScope scope, string name, Func<int, SealedSecret> seal, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Sql.LockSecretsAsync(db.Database, ct);
        var added = seal((await Versions(db, scope, name).MaxAsync(s => (int?)s.Version, ct) ?? 0) + 1);
        db.Secrets.Add(SecretRow.Of(added));
        db.SecretEvents.Add(SecretEventRow.Of(new(added.CreatedAt, SecretAction.Set, added.CreatedBy, scope.Environment, scope.Service, name, added.Version)));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return added;
    }

    public async Task RewrapAsync(IReadOnlyList<SealedSecret> rewrapped, SecretEvent audited, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await Sql.LockSecretsAsync(db.Database, ct);
        foreach (var each in rewrapped)
        {
            await Versions(db, each.Scope, each.Name).Where(s => s.Version == each.Version).ExecuteUpdateAsync(
                set => set.SetProperty(s => s.KeyId, each.KeyId).SetProperty(s => s.WrappedKey, each.WrappedKey), ct);
        }

        db.SecretEvents.Add(SecretEventRow.Of(audited));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    public async Task AuditAsync(SecretEvent audited, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.SecretEvents.Add(SecretEventRow.Of(audited));
        await db.SaveChangesAsync(ct);
    }

    public async Task<IReadOnlyList<SecretEvent>> ReadAuditAsync(string? environment, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.SecretEvents.AsNoTracking().Where(e => environment == null || e.Environment == environment || e.Environment == "*")
            .OrderByDescending(e => e.Id).Take(most).ToListAsync(ct);
        return [.. rows.Select(row => row.ToEvent())];
    }

    private static IQueryable<SecretRow> Versions(ControlPlaneContext db, SecretScope scope, string name)
    {
        var service = scope.Service ?? "";
        return db.Secrets.AsNoTracking().Where(s => s.Environment == scope.Environment && s.Service == service && s.Name == name);
    }
}
