using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Environments;

/// <summary>What stands where, by the record and by the specs that were shipped.</summary>
internal sealed class EnvironmentQueries(IDbContextFactory<ControlPlaneContext> contexts, DataPaths paths, TimeProvider clock)
{
    private const int MostKept = 256;

    // By digest, so that none is ever out of date; an archive may be large, and is read from its beginning.
    private readonly ConcurrentDictionary<string, SpecFile> specs = new(StringComparer.Ordinal);

    /// <param name="service">Null: every service.</param>
    /// <param name="environment">Null: every environment.</param>
    public async Task<EnvironmentStandings> ReadAsync(string? service, string? environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return EnvironmentStandings.Of(await KnownAsync(db, service, ct), await SpecsAsync(db, service, ct), clock.GetUtcNow()).In(environment);
    }

    private static async Task<IReadOnlyList<EnvironmentStanding>> KnownAsync(ControlPlaneContext db, string? service, CancellationToken ct)
    {
        var services = await db.Services.AsNoTracking().Where(s => service == null || s.Service == service).ToListAsync(ct);
        var releases = await db.Services.Where(s => service == null || s.Service == service).Join(db.Releases, s => s.CurrentRelease, r => r.Id, (_, r) => r).AsNoTracking().ToListAsync(ct);
        var rollouts = await db.Leases.Where(l => service == null || l.Service == service).Join(db.Rollouts, l => l.Rollout, r => r.Id, (_, r) => r).AsNoTracking().ToListAsync(ct);
        return
        [
            .. services.Select(row => new EnvironmentStanding
            {
                Service = row.Service, Environment = row.Environment, Release = releases.Find(release => release.Id == row.CurrentRelease)?.ToView(row.CurrentRelease),
                Rollout = rollouts.Find(rollout => rollout.Service == row.Service && rollout.Environment == row.Environment)?.ToRollout(),
            }),
        ];
    }

    private async Task<IReadOnlyDictionary<string, SpecFile>> SpecsAsync(ControlPlaneContext db, string? service, CancellationToken ct)
    {
        var shipped = await db.Releases.Where(r => r.Source != null && (service == null || r.Service == service))
            .GroupBy(r => r.Service).Select(same => new { Service = same.Key, same.OrderByDescending(r => r.CreatedAt).First().Source }).ToListAsync(ct);
        var read = new Dictionary<string, SpecFile>(StringComparer.Ordinal);
        foreach (var each in shipped)
        {
            if (await SpecAsync(each.Source!, ct) is { } spec)
                read[each.Service] = spec;
        }

        return read;
    }

    private async Task<SpecFile?> SpecAsync(string source, CancellationToken ct)
    {
        if (specs.TryGetValue(source, out var kept))
            return kept;
        if ((await StoredSpec.ReadFileAsync(new SourceStore(paths.Sources), source, null, ct)).File is not { } spec)
            return null;
        if (specs.Count >= MostKept)
            specs.Clear();
        return specs[source] = spec;
    }
}
