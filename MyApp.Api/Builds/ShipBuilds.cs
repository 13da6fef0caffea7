using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Builds;

/// <summary>Has the queue build what a rollout ships, and tells the rollout how that goes. The build outlives the run that asked for it.</summary>
internal sealed class ShipBuilds(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, TimeProvider clock)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <param name="store">Of the run; told where the build has to wait.</param>
    /// <inheritdoc cref="ShipBuild"/>
    public async Task<BuildResult> MakeAsync(Rollout rollout, BuildRequest request, IRolloutStore store, IProgress<BuildNote> notes, CancellationToken ct)
    {
        await AddAsync(rollout, request, ct);
        var (asked, fence, told, waits) = (clock.GetTimestamp(), 0L, 0, false);
        while (true)
        {
            var beat = wakeups.BuildLines.Next;
            if (await FindAsync(rollout.Id, ct) is not { } row)
                return new() { Platform = request.Platform, Failure = "the rollout was given up before its build was asked for" };
            var made = BuildQueue.Platforms(row) is [var only, ..] ? only : null;
            var steps = made?.Steps ?? [];
            // Another replica has begun it anew, and its steps with it.
            (fence, told) = (row.Fence, row.Fence == fence ? told : 0);
            foreach (var step in steps.Skip(told))
                notes.Report(step);
            told = Math.Max(told, steps.Count);
            if (row.State.IsFinal())
                return Result(row, request.Platform, made);
            if (!waits && row.State == BuildState.Queued && clock.GetElapsedTime(asked) >= Poll)
            {
                waits = true;
                await store.AppendAsync([RolloutEvents.Note(rollout, await WaitingAsync(row, ct), clock.GetUtcNow())], ct);
            }

            await wakeups.BuildLines.WaitAsync(beat, Poll, ct);
        }
    }

    // Not under the run's lease: whichever run of the rollout asks, it is the same build.
    private async Task AddAsync(Rollout rollout, BuildRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await Sql.AddShipBuildAsync(
            db.Database,
            new()
            {
                Id = Guid.CreateVersion7(now), Service = rollout.Service, Environment = rollout.Environment, Source = request.Source, Wanted = request.Platform, State = BuildState.Queued,
                Platforms = "[]", RequestedBy = rollout.RequestedBy, Rollout = rollout.Id, CreatedAt = now,
            },
            ct);
        wakeups.SayBuilds();
    }

    private async Task<BuildRow?> FindAsync(Guid rollout, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Builds.AsNoTracking().FirstOrDefaultAsync(build => build.Rollout == rollout, ct);
    }

    private async Task<string> WaitingAsync(BuildRow row, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var ahead = await db.Builds.CountAsync(BuildQueue.IsAheadOf(row), ct);
        return ahead switch { 0 => "waits for a build to end, as no more run at once", 1 => "waits in the queue of builds, after 1 other", var n => $"waits in the queue of builds, after {n} others" };
    }

    private static BuildResult Result(BuildRow row, string platform, PlatformBuild? made) => new()
    {
        Platform = platform,
        Artifact = row.State == BuildState.Succeeded ? made?.Artifact : null,
        FromCache = made?.FromCache ?? false,
        Steps = made?.Steps ?? [],
        Failure = row.State switch
        {
            BuildState.Succeeded => null,
            BuildState.Cancelled => "its build was cancelled",
            _ => made?.Failure ?? row.Failure,
        },
    };
}
