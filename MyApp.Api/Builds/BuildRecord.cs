using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Events;
using MyApp.Api.Persistence;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Builds;

/// <summary>
/// Writes down how one build goes: lines and steps as they come, in batches, and how it ended. Every write is made under the claim; one
/// that does not hold any more changes nothing.
/// </summary>
internal sealed class BuildRecord(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups, BuildClaim claim, TimeProvider clock, int mostLines) : IProgress<(string Platform, BuildNote Note)>
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);
    private readonly Channel<(DateTimeOffset Time, string? Platform, string Text)> lines = Channel.CreateUnbounded<(DateTimeOffset, string?, string)>(new() { SingleReader = true });

    // Taken out of the channel and not yet written.
    private readonly List<(DateTimeOffset Time, string? Platform, string Text)> pending = [];
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, PlatformBuild> platforms = new(StringComparer.Ordinal);
    private int said;
    private int unsaid;

    public void Expect(IEnumerable<string> names)
    {
        lock (gate)
        {
            foreach (var name in names)
                platforms[name] = new(name, [], null, null);
        }
    }

    /// <summary>A step is over.</summary>
    public void Report((string Platform, BuildNote Note) value)
    {
        lock (gate)
            platforms[value.Platform] = platforms[value.Platform] with { Steps = [.. platforms[value.Platform].Steps, value.Note] };
        Say(value.Platform, value.Note.ToString());
    }

    /// <summary>A line of the log; too many are only counted.</summary>
    public void Say(string? platform, string text)
    {
        if (Interlocked.Increment(ref said) > mostLines)
            Interlocked.Increment(ref unsaid);
        else
            lines.Writer.TryWrite((clock.GetUtcNow(), platform, text));
    }

    public void Add(BuildResult result)
    {
        lock (gate)
            platforms[result.Platform] = new(result.Platform, result.Steps, result.Artifact, result.Failure, result.FromCache);
    }

    /// <summary>Writes what is told, until cancelled.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        while (await lines.Reader.WaitToReadAsync(ct))
        {
            // What a compiler prints comes in bursts.
            await Task.Delay(Gather, clock, ct);
            try
            {
                await WriteBatchAsync(CancellationToken.None);
            }
            catch (Exception e) when (DatabaseFailure.Explains(e))
            {
                // They are written with the next ones, or at the end.
            }
        }
    }

    /// <summary>False: another replica has it.</summary>
    public async Task<bool> EndAsync(BuildState state, string? failure, CancellationToken ct)
    {
        if (unsaid > 0)
            lines.Writer.TryWrite((clock.GetUtcNow(), null, $"{unsaid} more lines were told and are not kept"));
        await WriteBatchAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (now, reached) = (clock.GetUtcNow(), Reached());
        var text = failure?.Storable();
        var ended = await Held(db).ExecuteUpdateAsync(
            set => set.SetProperty(build => build.State, state).SetProperty(build => build.Failure, text).SetProperty(build => build.EndedAt, now)
                .SetProperty(build => build.Platforms, reached).SetProperty(build => build.Owner, (string?)null).SetProperty(build => build.Expires, (DateTimeOffset?)null), ct) == 1;
        wakeups.SayBuilds();
        return ended;
    }

    private async Task WriteBatchAsync(CancellationToken ct)
    {
        while (lines.Reader.TryRead(out var line))
            pending.Add(line);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Numbers are given at the insert and seen at the commit: a reader must not see a later one first.
        await Sql.LockBuildsAsync(db.Database, ct);
        var reached = Reached();
        if (await Held(db).ExecuteUpdateAsync(set => set.SetProperty(build => build.Platforms, reached), ct) == 0)
            return;
        db.BuildLines.AddRange(pending.Select(line => new BuildLineRow { Build = claim.Build, Time = line.Time, Platform = line.Platform, Text = line.Text.Storable() }));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        pending.Clear();
        wakeups.SayBuildLines();
    }

    private IQueryable<BuildRow> Held(ControlPlaneContext db) =>
        db.Builds.Where(build => build.Id == claim.Build && build.Owner == claim.Owner && build.Fence == claim.Fence && build.State == BuildState.Running);

    private string Reached()
    {
        lock (gate)
            return JsonSerializer.Serialize([.. platforms.Values], WireJson.Default.IReadOnlyListPlatformBuild);
    }
}
