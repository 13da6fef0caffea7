using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Builds;

/// <summary>Builds that were asked for: what waits, what runs, what became of the others.</summary>
internal sealed class BuildQueue(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, IOptions<BuildOptions> options, TimeProvider clock)
{
    public async Task<BuildOutcome> RequestAsync(BuildOrder order, CancellationToken ct)
    {
        var problems = BuildRules.Check(order);
        if (problems.Count > 0)
            return new BuildOutcome.Invalid(problems);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Sources.AnyAsync(source => source.Digest == order.Source, ct))
            return new BuildOutcome.UnknownSource(order.Source);
        // One at a time, or several would take the last place.
        await Sql.LockBuildsAsync(db.Database, ct);
        if (await db.Builds.CountAsync(build => build.State == BuildState.Queued && build.Rollout == null, ct) >= options.Value.MostQueued)
            return new BuildOutcome.QueueFull(options.Value.MostQueued);
        var now = clock.GetUtcNow();
        var row = new BuildRow
        {
            Id = Guid.CreateVersion7(now), Service = order.Service, Environment = order.Environment ?? ServiceEndpoints.DefaultEnvironment, Source = order.Source,
            Wanted = string.Join(' ', order.Platforms ?? []), Set = Records.JsonOf(order.Set), Vcs = Records.JsonOf(order.Vcs), State = BuildState.Queued, Platforms = "[]", RequestedBy = order.RequestedBy, CreatedAt = now,
        };
        db.Builds.Add(row);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        wakeups.SayBuilds();
        return new BuildOutcome.Accepted((await FindAsync(row.Id, ct))!);
    }

    /// <summary>One that waits is cancelled at once; one that runs as soon as its replica has ended the compiler.</summary>
    public async Task<BuildOutcome> CancelAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var changed = await GiveUpAsync(db.Builds.Where(build => build.Id == id), clock.GetUtcNow(), ct);
        if (changed)
            wakeups.SayBuilds();
        return await FindAsync(id, ct) is not { } view ? new BuildOutcome.Unknown() : changed ? new BuildOutcome.Accepted(view) : new BuildOutcome.TooLate(view);
    }

    /// <summary>The write of a cancellation. False: none of them was waiting or running.</summary>
    public static async Task<bool> GiveUpAsync(IQueryable<BuildRow> builds, DateTimeOffset now, CancellationToken ct)
    {
        var changed = await builds.Where(build => build.State == BuildState.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(build => build.State, BuildState.Cancelled).SetProperty(build => build.EndedAt, now).SetProperty(build => build.Failure, "cancelled on request"), ct);
        changed += await builds.Where(build => build.State == BuildState.Running).ExecuteUpdateAsync(set => set.SetProperty(build => build.Cancels, true), ct);
        return changed > 0;
    }

    public async Task<BuildView?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Builds.AsNoTracking().FirstOrDefaultAsync(build => build.Id == id, ct) is not { } row)
            return null;
        var ahead = row.State == BuildState.Queued
            ? await db.Builds.CountAsync(IsAheadOf(row), ct)
            : (int?)null;
        return View(row, ahead);
    }

    /// <summary>Newest first.</summary>
    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: in every environment.</param>
    public async Task<BuildList> ListAsync(string? service, string? environment, int most, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Builds.AsNoTracking().Where(build => (service == null || build.Service == service) && (environment == null || build.Environment == environment))
            .OrderByDescending(build => build.CreatedAt).ThenByDescending(build => build.Id).Take(most).ToListAsync(ct);
        var queue = rows.TrueForAll(row => row.State != BuildState.Queued)
            ? []
            : await db.Builds.Where(build => build.State == BuildState.Queued).OrderBy(build => build.CreatedAt).ThenBy(build => build.Id).Select(build => build.Id).ToListAsync(ct);
        return new([.. rows.Select(row => View(row, row.State == BuildState.Queued ? queue.IndexOf(row.Id) : null))]);
    }

    public static Expression<Func<BuildRow, bool>> IsAheadOf(BuildRow row) => build => build.State == BuildState.Queued && build.CreatedAt < row.CreatedAt;

    public static IReadOnlyList<PlatformBuild> Platforms(BuildRow row) => JsonSerializer.Deserialize(row.Platforms, WireJson.Default.IReadOnlyListPlatformBuild) ?? [];

    private static BuildView View(BuildRow row, int? ahead) => new()
    {
        Id = row.Id,
        Service = row.Service,
        Environment = row.Environment,
        Source = row.Source,
        Vcs = Records.VcsOf(row.Vcs),
        Rollout = row.Rollout,
        State = row.State,
        Ahead = ahead,
        Platforms = Platforms(row),
        RequestedBy = row.RequestedBy,
        CreatedAt = row.CreatedAt,
        StartedAt = row.StartedAt,
        EndedAt = row.EndedAt,
        Failure = row.Failure,
    };
}
