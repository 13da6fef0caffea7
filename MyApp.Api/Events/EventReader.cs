using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Persistence;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Events;

/// <summary>Which events a reader wants; null: of all.</summary>
internal sealed record EventFilter(string? Service, string? Environment, Guid? Rollout);

/// <summary>Reads the one sequence of events: what is there, then what comes. PostgreSQL is the source, so a replay misses nothing.</summary>
internal sealed class EventReader(IDbContextFactory<ControlPlaneContext> contexts, Wakeups wakeups)
{
    private const int Page = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>The newest event's position; 0: none yet.</summary>
    public async Task<long> LastAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Events.MaxAsync(e => (long?)e.Sequence, ct) ?? 0;
    }

    /// <summary>Events after <paramref name="after"/> in order, for ever. An empty batch says that nothing came for a while.</summary>
    public async IAsyncEnumerable<IReadOnlyList<RolloutEvent>> FollowAsync(
        long after, EventFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var beat = wakeups.Events.Next;
            var events = await ReadAsync(after, filter, ct);
            yield return events;
            if (events.Count > 0)
                after = events[^1].Sequence;
            if (events.Count < Page)
                await wakeups.Events.WaitAsync(beat, Poll, ct);
        }
    }

    private async Task<IReadOnlyList<RolloutEvent>> ReadAsync(long after, EventFilter filter, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var events = db.Events.AsNoTracking().Where(e => e.Sequence > after);
        if (filter.Rollout is { } rollout)
            events = events.Where(e => e.Rollout == rollout);
        if (filter.Service is { } service)
            events = events.Where(e => e.Service == service);
        if (filter.Environment is { } environment)
            events = events.Where(e => e.Environment == environment);
        var rows = await events.OrderBy(e => e.Sequence).Take(Page).ToListAsync(ct);
        return [.. rows.Select(Records.ToEvent)];
    }
}
