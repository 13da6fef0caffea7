using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Mvc;
using MyApp.Api.Events;
using MyApp.Api.Http;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Logs;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;

namespace MyApp.Api.Logs;

internal static class LogEndpoints
{
    private const string SearchLimit = "log-searches";
    private const int MostLines = 10_000;
    private const int MostWaiting = 16;
    private static readonly TimeSpan HeartbeatCheck = TimeSpan.FromSeconds(10);

    public static void AddLogs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new LogReader(services.GetRequiredService<GuardClient>(), services.GetRequiredService<DataPaths>().Logs));
        // A search reads as much as a service has written, on a processor of its own.
        builder.Services.AddRateLimiter(limits => limits.AddPolicy(SearchLimit, context => IsSearch(context.Request.Query)
            ? RateLimitPartition.GetConcurrencyLimiter(SearchLimit, _ => new ConcurrencyLimiterOptions { PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = MostWaiting })
            : RateLimitPartition.GetNoLimiter("")));
    }

    public static void MapLogs(this IEndpointRouteBuilder api) =>
        api.MapGet("/services/{service}/logs", ReadAsync)
            .WithTags("Logs")
            .WithSummary("The last lines a service wrote; with `follow=true` also those to come (server-sent events).")
            .RequireRateLimiting(SearchLimit)
            .Produces<LogPage>()
            .Produces<LogLineView>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ReadAsync(
        HttpContext context, StatusQueries status, LogReader logs, TimeProvider clock, IHostApplicationLifetime lifetime, string service,
        [AsParameters] LogRequest request)
    {
        var environment = request.Environment ?? ServiceEndpoints.DefaultEnvironment;
        if (request.Problem(MostLines) is { } problem)
            return Problems.Invalid([problem]);
        if (await status.ServiceAsync(service, environment, context.RequestAborted) is null)
            return ServiceEndpoints.Unknown(service, environment);
        var query = request.ToQuery(service, environment);
        if (request.Follow is not true)
            return await PageAsync(logs, query, context.RequestAborted);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var stream = new ServerSentEvents(context, clock);
        await stream.RunAsync(ct => FollowAsync(stream, logs.FollowAsync(query, ct), clock, ct), until.Token);
        return Results.Empty;
    }

    private static async Task<IResult> PageAsync(LogReader logs, LogQuery query, CancellationToken ct)
    {
        try
        {
            return TypedResults.Ok(await logs.ReadAsync(query, ct));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Problems.Of(StatusCodes.Status500InternalServerError, "logs-unreadable", "The logs can't be read", e.Message);
        }
    }

    // What is followed begins with the guard's last lines and searches nothing.
    private static bool IsSearch(IQueryCollection query) =>
        !string.Equals(query["follow"], "true", StringComparison.OrdinalIgnoreCase) && (query.ContainsKey("since") || query.ContainsKey("until") || query.ContainsKey("grep"));

    private static async Task FollowAsync(ServerSentEvents stream, IAsyncEnumerable<LogLineView> lines, TimeProvider clock, CancellationToken ct)
    {
        await using var reader = lines.GetAsyncEnumerator(ct);
        while (true)
        {
            var next = reader.MoveNextAsync().AsTask();
            while (!next.IsCompleted)
            {
                await Task.WhenAny(next, Task.Delay(HeartbeatCheck, clock, ct));
                // Once cancelled the pending read ends by itself, and the reader may only be disposed after that.
                if (!ct.IsCancellationRequested)
                    await stream.BeatAsync(CancellationToken.None);
            }

            if (!await next)
                return;
            await stream.SendAsync("log", id: null, reader.Current, WireJson.Default.LogLineView, ct);
        }
    }
}

/// <param name="Stream"><c>access</c> (standard output), <c>error</c> (standard error) or <c>trace</c>; null: all.</param>
/// <param name="Tail">Lines from the end to begin with; 100 unless given.</param>
/// <param name="Since">Only lines from then on.</param>
/// <param name="Until">Only lines up to then; not with <paramref name="Follow"/>.</param>
/// <param name="Grep">Only lines that match this regular expression.</param>
internal sealed record LogRequest(
    [FromQuery(Name = "environment")] string? Environment,
    [FromQuery(Name = "stream")] string? Stream,
    [FromQuery(Name = "tail")] int? Tail,
    [FromQuery(Name = "follow")] bool? Follow,
    [FromQuery(Name = "since")] DateTimeOffset? Since,
    [FromQuery(Name = "until")] DateTimeOffset? Until,
    [FromQuery(Name = "grep")] string? Grep)
{
    private const int DefaultTail = 100;

    public LogQuery ToQuery(string service, string environment) => new(service, environment, Stream is null ? null : LogStreams.Find(Stream), Tail ?? DefaultTail)
    {
        Since = Since?.ToUniversalTime(), Until = Until?.ToUniversalTime(), Pattern = Grep is null ? null : LogPattern.Read(Grep, out _),
    };

    public string? Problem(int mostLines) =>
        Stream is not (null or "access" or "error" or "trace") ? "stream: must be access, error or trace"
        : Grep is not null && LogPattern.Read(Grep, out var problem) is null ? $"grep: {problem}"
        : Follow is true && Until is not null ? "until: what is followed has no end; leave out follow or until"
        : Tail < 0 || Tail > mostLines ? $"tail: must be 0 to {mostLines}"
        : null;
}
