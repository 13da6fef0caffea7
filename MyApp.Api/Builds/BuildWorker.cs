using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using Npgsql;

namespace MyApp.Api.Builds;

/// <summary>Takes builds from the queue, the oldest first, a few at once. One of a replica that died is begun anew by any other.</summary>
internal sealed class BuildWorker(
    IServiceProvider services, DatabaseGate gate, BuildRun run, Wakeups wakeups, IOptions<BuildOptions> options, ILogger<BuildWorker> log)
    : ClaimWorker<BuildClaim>(gate, wakeups.Builds, "builds", options.Value.Parallel, options.Value.Poll, log)
{
    protected override Task<BuildClaim?> ClaimAsync(string owner, CancellationToken ct) =>
        Sql.ClaimBuildAsync(services.GetRequiredService<NpgsqlDataSource>(), owner, options.Value.Lease, ct);

    protected override Task RunAsync(BuildClaim claim, CancellationToken ct) => run.RunAsync(claim, ct);
}
