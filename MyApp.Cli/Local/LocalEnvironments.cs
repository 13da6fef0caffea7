using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Cli.Local;

/// <summary>What local mode has shipped, by service and environment.</summary>
internal sealed class LocalEnvironments(FileRolloutStore store, DataPaths paths, TimeProvider clock)
{
    /// <param name="service">Null: every service.</param>
    /// <param name="environment">Null: every environment.</param>
    public async Task<EnvironmentStandings> ReadAsync(string? service, string? environment, CancellationToken ct)
    {
        var rollouts = (await store.ListAsync(ct)).Where(rollout => service is null || rollout.Service == service).ToList();
        var known = new List<EnvironmentStanding>();
        foreach (var group in rollouts.GroupBy(rollout => (rollout.Service, rollout.Environment)))
        {
            var current = await store.FindCurrentReleaseAsync(group.Key.Service, group.Key.Environment, ct);
            known.Add(new()
            {
                Service = group.Key.Service, Environment = group.Key.Environment, Release = current?.ToView(isCurrent: true), Rollout = group.First() is { IsFinal: false } underWay ? underWay : null,
            });
        }

        return EnvironmentStandings.Of(known, await SpecsAsync(rollouts, ct), clock.GetUtcNow()).In(environment);
    }

    // The newest are first.
    private async Task<IReadOnlyDictionary<string, SpecFile>> SpecsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct)
    {
        var specs = new Dictionary<string, SpecFile>(StringComparer.Ordinal);
        foreach (var shipped in rollouts.Where(rollout => rollout is { Source: not null, Release: not null }).DistinctBy(rollout => rollout.Service))
        {
            if ((await StoredSpec.ReadFileAsync(new SourceStore(paths.Sources), shipped.Source!, null, ct)).File is { } spec)
                specs[shipped.Service] = spec;
        }

        return specs;
    }
}
