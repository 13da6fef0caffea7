using Microsoft.EntityFrameworkCore;
using MyApp.Api.Persistence;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;

namespace MyApp.Api.Services;

/// <summary>What is asked of a running service, by the JSON endpoints and the console alike.</summary>
internal sealed class ServiceCommands(IDbContextFactory<ControlPlaneContext> contexts, GuardClient guard, RolloutRequests requests)
{
    /// <summary>Starts the instances of the current release. Throws <see cref="GuardException"/>.</summary>
    public Task StartAsync(string service, string environment, CancellationToken ct) => guard.StartAsync(service, environment, ct);

    /// <summary>Returns when every instance has ended. Throws <see cref="GuardException"/>.</summary>
    public Task StopAsync(string service, string environment, CancellationToken ct) => guard.StopAsync(service, environment, ct);

    /// <summary>Throws <see cref="GuardException"/>.</summary>
    public Task RestartAsync(string service, string environment, CancellationToken ct) => guard.RestartAsync(service, environment, ct);

    /// <summary>Asks for a rollout back to the release named, or else to the one that was in service before the current.</summary>
    public async Task<RequestOutcome> RollbackAsync(string service, RollbackRequest request, string? key, CancellationToken ct)
    {
        var release = request.To ?? await PreviousAsync(service, request.Environment, ct);
        if (release is null)
            return new RequestOutcome.Unknown("no-previous-release", $"{service} has no release in {request.Environment} to go back to");
        var move = new RolloutRequest { Service = service, Environment = request.Environment, Release = release, RequestedBy = request.RequestedBy };
        return await requests.RequestAsync(move, key, ct);
    }

    private async Task<string?> PreviousAsync(string service, string environment, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var current = await db.Services.Where(s => s.Service == service && s.Environment == environment)
            .Select(s => s.CurrentRelease).FirstOrDefaultAsync(ct);
        var rollouts = await db.Rollouts.AsNoTracking()
            .Where(r => r.Service == service && r.Environment == environment && r.Release == current).ToListAsync(ct);
        return RollbackTarget.Of(current, rollouts.Select(r => r.ToRollout()));
    }
}
