using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using Npgsql;

namespace MyApp.Api.Rollouts;

/// <summary>
/// Takes rollouts nobody works on and runs them, several at once but never two of one service. A replica that dies or loses the
/// database leaves its leases to expire, and any replica goes on from what the record says.
/// </summary>
internal sealed class RolloutWorker(
    IServiceProvider services, DatabaseGate gate, LeasedRun run, Wakeups wakeups, IOptions<WorkerOptions> options, ILogger<RolloutWorker> log)
    : ClaimWorker<Claim>(gate, wakeups.Work, "rollouts", options.Value.Parallel, options.Value.Poll, log)
{
    protected override Task<Claim?> ClaimAsync(string owner, CancellationToken ct) =>
        Sql.ClaimAsync(services.GetRequiredService<NpgsqlDataSource>(), owner, options.Value.Lease, ct);

    protected override Task RunAsync(Claim claim, CancellationToken ct) => run.RunAsync(claim, ct);
}
