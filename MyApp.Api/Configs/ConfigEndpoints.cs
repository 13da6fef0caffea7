using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MyApp.Api.Events;
using MyApp.Api.Http;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Configs;

internal static class ConfigEndpoints
{
    private const int MostChanges = 1000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder api)
    {
        var configs = api.MapGroup("/configs/{service}").WithTags("Configs");
        configs.MapGet("/", ReadAsync)
            .WithSummary("Values kept for a service in an environment.")
            .WithDescription("With `If-None-Match` and `wait` (seconds, up to 60) the answer comes with the next change, or 304 after that time. `version` reads what held then.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status400BadRequest);
        configs.MapGet("/watch", WatchAsync)
            .WithSummary("The values now and after every change (server-sent events); the id is the version.")
            .Produces<ConfigView>(StatusCodes.Status200OK, "text/event-stream");
        configs.MapPost("/", ChangeAsync)
            .WithSummary("Set and unset values in one atomic change.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        configs.MapPost("/rollback", RollBackAsync)
            .WithSummary("Make the values of an earlier version hold again, as a new version.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        configs.MapGet("/history", HistoryAsync)
            .WithSummary("Changes, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<ConfigView>, StatusCodeHttpResult, ProblemHttpResult>> ReadAsync(
        HttpContext context, ConfigStore store, ConfigWatch watch, TimeProvider clock, string service, CancellationToken ct,
        string environment = ServiceEndpoints.DefaultEnvironment, long? version = null, int wait = 0)
    {
        if (wait < 0 || wait > LongestWait.TotalSeconds)
            return Problems.Invalid([$"wait: must be 0 to {LongestWait.TotalSeconds:0}"]);
        var known = context.Request.GetTypedHeaders().IfNoneMatch.Select(VersionOf).FirstOrDefault(each => each is not null);
        var view = wait > 0 && version is null && known is { } waitedFor
            ? (await watch.NextAsync(service, environment, waitedFor, TimeSpan.FromSeconds(wait), clock, ct)).View
            : await store.ReadAsync(service, environment, version, ct);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = new EntityTagHeaderValue($"\"v{view.Version}\"");
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        return known == view.Version ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(view);
    }

    private static async Task WatchAsync(
        HttpContext context, ConfigWatch watch, TimeProvider clock, IHostApplicationLifetime lifetime, string service, string environment = ServiceEndpoints.DefaultEnvironment)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var known = long.TryParse(context.Request.Headers["Last-Event-ID"], System.Globalization.CultureInfo.InvariantCulture, out var last) ? last : -1;
        var stream = new ServerSentEvents(context, clock);
        await stream.RunAsync(
            async ct =>
            {
                while (true)
                {
                    var values = await watch.NextAsync(service, environment, known, Heartbeat, clock, ct);
                    if (values.View.Version != known)
                        await stream.SendAsync(values.Event, ct);
                    known = values.View.Version;
                    await stream.BeatAsync(ct);
                }
            },
            until.Token);
    }

    private static async Task<Results<Ok<ConfigView>, ProblemHttpResult>> ChangeAsync(ConfigStore store, string service, ConfigChangeRequest request, CancellationToken ct)
    {
        var problems = ConfigRules.Check(service, request);
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        return await store.ChangeAsync(service, request, ct) is { } view
            ? TypedResults.Ok(view)
            : Problems.Of(409, "config-changed", "Somebody was faster", $"the values of {service} in {request.Environment} are not at version {request.IfVersion} any more: read them again");
    }

    private static async Task<Results<Ok<ConfigView>, ProblemHttpResult>> RollBackAsync(ConfigStore store, string service, ConfigRollbackRequest request, CancellationToken ct)
    {
        var problems = ConfigRules.Check(service, request.Environment, request.RequestedBy);
        if (problems.Count > 0)
            return Problems.Invalid(problems);
        var outcome = await store.RollBackAsync(service, request, ct);
        return outcome switch
        {
            RollbackOutcome.Done done => TypedResults.Ok(done.View),
            RollbackOutcome.Unknown => Problems.NotFound($"the values of {service} in {request.Environment} have no version {request.To}"),
            RollbackOutcome.Unusable unusable => Problems.Of(
                422, "unusable-version", "An earlier version can't hold again",
                $"version {request.To} of {service} in {request.Environment} has values that no spec can hold: set those of it that are wanted", ("problems", unusable.Problems)),
            _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
        };
    }

    private static async Task<Results<Ok<ConfigHistory>, ProblemHttpResult>> HistoryAsync(
        ConfigStore store, string service, CancellationToken ct, string environment = ServiceEndpoints.DefaultEnvironment, int limit = 50) =>
        limit is >= 1 and <= MostChanges
            ? TypedResults.Ok(await store.HistoryAsync(service, environment, limit, ct))
            : Problems.Invalid([$"limit: must be 1 to {MostChanges}"]);

    // "v12"
    private static long? VersionOf(EntityTagHeaderValue tag) =>
        tag.Tag.Length > 3 && tag.Tag.Value!.StartsWith("\"v", StringComparison.Ordinal)
        && long.TryParse(tag.Tag.Value.AsSpan(2, tag.Tag.Length - 3), System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : null;
}
