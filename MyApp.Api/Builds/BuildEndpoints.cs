using Microsoft.AspNetCore.Http.HttpResults;
using MyApp.Api.Events;
using MyApp.Api.Http;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Builds;

internal static class BuildEndpoints
{
    private const int MostBuilds = 200;

    public static void MapBuilds(this IEndpointRouteBuilder api)
    {
        var builds = api.MapGroup("/builds").WithTags("Builds");
        builds.MapGet("/", ListAsync)
            .WithSummary("Builds, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);
        builds.MapPost("/", RequestAsync)
            .WithSummary("Build an uploaded source for one or several platforms, and deploy nothing.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests);
        builds.MapGet("/{id:guid}", FindAsync)
            .WithSummary("A build with its steps by platform.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        builds.MapGet("/{id:guid}/log", FollowAsync)
            .WithSummary("A build's log from its first line (server-sent events); ends with the build.")
            .WithDescription("`id:` is the line's sequence. With `Last-Event-ID` it begins after that line. The last event, `end`, is the build as it is then. With `follow=false` that is after the lines that are there.")
            .Produces<BuildLogLine>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
        builds.MapGet("/{id:guid}/files/{name}", FileAsync)
            .WithSummary("A file that a build made: an executable, its bill of materials or its provenance.")
            .WithDescription("An executable is named by service and platform, as `orders-linux-amd64`; `.sbom.cdx.json` and `.provenance.intoto.json` are appended for the documents. Parts can be asked for with `Range`.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status410Gone);
        builds.MapPost("/{id:guid}/cancel", CancelAsync)
            .WithSummary("Give up a build; its compiler is ended.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<BuildList>, ProblemHttpResult>> ListAsync(BuildQueue queue, string? service, string? environment, CancellationToken ct, int limit = 50) =>
        limit is >= 1 and <= MostBuilds
            ? TypedResults.Ok(await queue.ListAsync(service, environment, limit, ct))
            : Problems.Invalid([$"limit: must be 1 to {MostBuilds}"]);

    private static async Task<Results<Accepted<BuildView>, ProblemHttpResult>> RequestAsync(BuildQueue queue, BuildOrder order, CancellationToken ct) =>
        Answer(await queue.RequestAsync(order, ct));

    private static async Task<Results<Ok<BuildView>, StatusCodeHttpResult, ProblemHttpResult>> FindAsync(HttpContext context, BuildQueue queue, Guid id, CancellationToken ct) =>
        await queue.FindAsync(id, ct) is { } known
            ? EntityTag.Answer(context, known, WireJson.Default.BuildView)
            : Problems.NotFound($"no build {id}");

    private static async Task<Results<Accepted<BuildView>, ProblemHttpResult>> CancelAsync(BuildQueue queue, Guid id, CancellationToken ct) =>
        Answer(await queue.CancelAsync(id, ct));

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> FileAsync(BuildQueue queue, DataPaths paths, Guid id, string name, CancellationToken ct)
    {
        if (await queue.FindAsync(id, ct) is not { } build)
            return Problems.NotFound($"no build {id}");
        var made = build.Platforms.Select(platform => platform.Artifact).OfType<Artifact>().SelectMany(artifact => ArtifactExport.FilesOf(artifact), (artifact, file) => (Artifact: artifact, File: file)).ToList();
        if (made.Find(each => each.File.Name == name) is not { File: { } file } found)
            return Problems.NotFound(made.Count == 0 ? $"build {id} has made no files" : $"build {id} has made no such file, but {string.Join(", ", made.Select(each => each.File.Name))}");
        var path = file.PathIn(new(paths.Artifacts), found.Artifact);
        return File.Exists(path)
            ? TypedResults.PhysicalFile(path, "application/octet-stream", name, entityTag: new($"\"{file.Digest}\""), enableRangeProcessing: true)
            : Problems.Of(StatusCodes.Status410Gone, "artifact-gone", "It is not kept any more", "what no release needs is removed after 30 days, or when the store is full: build it again");
    }

    private static async Task FollowAsync(HttpContext context, BuildQueue queue, BuildLog log, TimeProvider clock, IHostApplicationLifetime lifetime, Guid id, bool follow = true)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        if (await queue.FindAsync(id, until.Token) is null)
        {
            await Problems.NotFound($"no build {id}").ExecuteAsync(context);
            return;
        }

        var after = EventEndpoints.LastEventId(context) ?? 0;
        var stream = new ServerSentEvents(context, clock);
        await stream.RunAsync(
            async ct =>
            {
                await foreach (var batch in log.FollowAsync(id, after, follow, ct))
                {
                    foreach (var line in batch)
                        await stream.SendAsync("line", line.Sequence, line, WireJson.Default.BuildLogLine, ct);
                    await stream.BeatAsync(ct);
                }

                // Or an EventSource would come back for more.
                if (await queue.FindAsync(id, ct) is { } end)
                    await stream.SendAsync("end", null, end, WireJson.Default.BuildView, ct);
            },
            until.Token);
    }

    private static Results<Accepted<BuildView>, ProblemHttpResult> Answer(BuildOutcome outcome) => outcome switch
    {
        BuildOutcome.Accepted accepted => TypedResults.Accepted($"/api/v1/builds/{accepted.Build.Id}", accepted.Build),
        BuildOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        BuildOutcome.UnknownSource unknown => Problems.Of(404, "unknown-source", "Not found", $"no source {unknown.Source}: upload it first"),
        BuildOutcome.QueueFull full => Problems.Of(429, "queue-full", "Too many builds wait", $"{full.Most} builds wait already: try again when some of them have begun"),
        BuildOutcome.TooLate late => Problems.Of(409, "too-late", "It can't be cancelled any more", $"the build has {late.Build.State.ToString().ToLowerInvariant()} already"),
        _ => Problems.NotFound("no such build"),
    };
}
