using Microsoft.AspNetCore.Mvc;
using MyApp.Api.Http;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Events;

internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/").WithTags("Events");
        events.MapGet("/events", FollowAllAsync)
            .WithSummary("Events of rollouts as they happen (server-sent events).")
            .WithDescription(
                "`id:` is the event's sequence. With `Last-Event-ID` or `after` it begins after that event and misses none; without, with the next one.")
            .Produces<RolloutEvent>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        events.MapGet("/rollouts/{id:guid}/events", FollowOneAsync)
            .WithSummary("A rollout's events from its first (server-sent events); ends after the one that makes it final.")
            .Produces<RolloutEvent>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task FollowAllAsync(
        HttpContext context, EventReader reader, TimeProvider clock, IHostApplicationLifetime lifetime, [AsParameters] EventQuery query)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var after = LastEventId(context) ?? query.After ?? await reader.LastAsync(until.Token);
        var filter = new EventFilter(query.Service, query.Environment, query.Rollout);
        var stream = new ServerSentEvents(context, clock);
        await stream.RunAsync(
            async ct =>
            {
                await foreach (var batch in reader.FollowAsync(after, filter, ct))
                    await SendAsync(stream, batch, ct);
            },
            until.Token);
    }

    private static async Task FollowOneAsync(
        HttpContext context, EventReader reader, Services.StatusQueries status, TimeProvider clock, IHostApplicationLifetime lifetime, Guid id)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        if (await status.RolloutAsync(id, until.Token) is not { } known)
        {
            await Problems.NotFound($"no rollout {id}").ExecuteAsync(context);
            return;
        }

        var after = LastEventId(context) ?? 0;
        var stream = new ServerSentEvents(context, clock);
        await stream.RunAsync(
            async ct =>
            {
                await foreach (var batch in reader.FollowAsync(after, new EventFilter(null, null, id), ct))
                {
                    await SendAsync(stream, batch, ct);
                    // A client that has the last event already waits for none: known was read before the batch.
                    if (batch.Any(EndsRollout) || (batch.Count == 0 && known.Rollout.IsFinal))
                        return;
                }
            },
            until.Token);
    }

    private static async Task SendAsync(ServerSentEvents stream, IReadOnlyList<RolloutEvent> batch, CancellationToken ct)
    {
        foreach (var said in batch)
            await stream.SendAsync("rollout", said.Sequence, said, WireJson.Default.RolloutEvent, ct);
        await stream.BeatAsync(ct);
    }

    private static bool EndsRollout(RolloutEvent said) =>
        said.Kind == RolloutEventKind.Entered && said.State.IsFinal();

    /// <summary>What a client that comes back has already.</summary>
    public static long? LastEventId(HttpContext context) =>
        long.TryParse(context.Request.Headers["Last-Event-ID"], out var id) && id >= 0 ? id : null;
}

/// <param name="After">Begin after this sequence; Last-Event-ID wins over it.</param>
internal sealed record EventQuery(
    [FromQuery(Name = "after")] long? After,
    [FromQuery(Name = "service")] string? Service,
    [FromQuery(Name = "environment")] string? Environment,
    [FromQuery(Name = "rollout")] Guid? Rollout);
