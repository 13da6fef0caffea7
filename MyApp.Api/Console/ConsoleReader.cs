using MyApp.Api.Builds;
using MyApp.Api.Console.Models;
using MyApp.Api.Environments;
using MyApp.Api.Services;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Logs;

namespace MyApp.Api.Console;

/// <summary>Reads what a page shows.</summary>
internal sealed class ConsoleReader(StatusQueries status, EnvironmentQueries environments, BuildQueue builds, BuildLog buildLog, LogReader logs, GuardClient guard, ConsoleHealth health)
{
    private const int MostRollouts = 10;
    private const int LatestBuilds = 5;
    private const int MostBuilds = 100;

    // Far enough back to find the one that brought the current release.
    private const int MostKnown = 200;
    private const int Tail = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<PartHealth>> PartsAsync(CancellationToken ct) => health.ReadAsync(ct);

    public async Task<ServicesModel> ServicesAsync(CancellationToken ct)
    {
        var services = await status.ServicesAsync(environment: null, ct);
        var rollouts = await status.RolloutsAsync(service: null, environment: null, MostRollouts, ct);
        var latest = await builds.ListAsync(service: null, environment: null, LatestBuilds, ct);
        return new ServicesModel(services.Services, rollouts.Rollouts, latest.Builds);
    }

    /// <summary>Null: unknown in that environment.</summary>
    /// <param name="withLog">False where the reader has the log already and only the rest is asked for.</param>
    public async Task<ServiceModel?> ServiceAsync(string service, string environment, string? stream, bool withLog, CancellationToken ct)
    {
        if (await status.ServiceAsync(service, environment, ct) is not { } view)
            return null;
        var releases = await status.ReleasesAsync(service, environment, ct);
        var rollouts = (await status.RolloutsAsync(service, environment, MostKnown, ct)).Rollouts;
        var model = new ServiceModel
        {
            Service = view,
            Releases = releases.Releases,
            Rollout = rollouts.Count > 0 ? await status.RolloutAsync(rollouts[0].Id, ct) : null,
            RollbackTo = RollbackTarget.Of(view.Release, rollouts),
            Stream = stream,
            LastExit = view.Instances.Any(instance => instance.LastExit is not null) ? await LastExitAsync(service, environment, ct) : null,
        };
        return withLog ? await WithLogAsync(model, ct) : model;
    }

    public Task<RolloutView?> RolloutAsync(Guid rollout, CancellationToken ct) => status.RolloutAsync(rollout, ct);

    /// <summary>By service, and within a service on the way of a release.</summary>
    public async Task<IReadOnlyList<EnvironmentStanding>> EnvironmentsAsync(CancellationToken ct) => (await environments.ReadAsync(service: null, environment: null, ct)).Environments;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<BuildView>> BuildsAsync(CancellationToken ct) => (await builds.ListAsync(service: null, environment: null, MostBuilds, ct)).Builds;

    /// <summary>With the beginning of its log; null: unknown.</summary>
    /// <param name="withLog">False where the reader has the log already and only the rest is asked for.</param>
    public async Task<(BuildView View, IReadOnlyList<BuildLogLine> Lines)?> BuildAsync(Guid build, bool withLog, CancellationToken ct) =>
        await builds.FindAsync(build, ct) is { } view ? (view, withLog ? await buildLog.ReadAsync(build, 0, ct) : []) : null;

    private async Task<ExitDossier?> LastExitAsync(string service, string environment, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return await guard.WhyAsync(service, environment, count: 1, patience.Token) is [var last, ..] ? last : null;
        }
        catch (Exception e) when (e is GuardException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The page says already that no guard answers; one that knows no dossiers has none to show.
            return null;
        }
    }

    private async Task<ServiceModel> WithLogAsync(ServiceModel model, CancellationToken ct)
    {
        try
        {
            return model with { Log = await logs.ReadAsync(new(model.Service.Name, model.Service.Environment, model.Stream is { } stream ? LogStreams.Find(stream) : null, Tail), ct) };
        }
        catch (GuardException e)
        {
            return model with { LogTrouble = $"The log can't be read: {e.Message}" };
        }
    }
}
