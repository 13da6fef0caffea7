using Microsoft.EntityFrameworkCore;
using MyApp.Api.Configs;
using MyApp.Api.Persistence;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Builds;

/// <summary>What a build of the queue does: read the spec as a rollout would, build every platform, tell the record.</summary>
internal sealed class BuildWork(IDbContextFactory<ControlPlaneContext> contexts, DataPaths paths, ConfigStore configs, TimeProvider clock)
{
    /// <returns>Why some platform was not built; null: every one was.</returns>
    public async Task<string?> RunAsync(BuildClaim claim, BuildRecord record, CancellationToken ct)
    {
        var row = await FindAsync(claim.Build, ct);
        if (claim.Fence > 1)
            record.Say(null, "begun anew: the replica that had begun it is gone");
        var (spec, refusal) = await StoredSpec.ReadAsync(new(paths.Sources), row.Source, row.Service, row.Environment, Records.TextsOf(row.Set), configs.ForSpecAsync, ct);
        if (spec is null)
            return refusal;
        var build = row.Wanted.Length == 0 ? spec.Build : spec.Build with { Platforms = row.Wanted.Split(' ') };
        IReadOnlyList<BuildRequest> requests =
        [
            .. new BuildRequest { Service = row.Service, Source = row.Source, Build = build, Vcs = Records.VcsOf(row.Vcs) }.ForEachPlatform()
                .Select(request => request with { OnLine = line => record.Say(request.Platform, line) }),
        ];
        record.Expect(requests.Select(request => request.Platform));
        var results = await new BuildPipeline(paths, clock).RunAllAsync(requests, record, ct);
        foreach (var result in results)
            record.Add(result);
        BuildCollector.Collect(paths, new(), clock);
        var failed = results.Where(result => result.Failure is not null).Select(result => result.Platform).ToList();
        return failed.Count == 0 ? null : $"not built for {string.Join(", ", failed)}";
    }

    private async Task<BuildRow> FindAsync(Guid build, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Builds.AsNoTracking().SingleAsync(each => each.Id == build, ct);
    }
}
