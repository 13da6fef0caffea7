using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MyApp.Api.Http;
using MyApp.Api.Services;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Rollouts;

internal static class RolloutEndpoints
{
    public const string IdempotencyHeader = "Idempotency-Key";
    private const int MostRollouts = 200;

    public static void MapRollouts(this IEndpointRouteBuilder api)
    {
        var rollouts = api.MapGroup("/rollouts").WithTags("Rollouts");
        rollouts.MapGet("/", ListAsync)
            .WithSummary("Rollouts, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);
        DescribeRequest(rollouts.MapPost("/", RequestAsync))
            .WithSummary("Ship an uploaded source, or move to a release that exists.");
        rollouts.MapGet("/{id:guid}", FindAsync)
            .WithSummary("A rollout and its story.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        rollouts.MapPost("/{id:guid}/cancel", CancelAsync)
            .WithSummary("Give up a rollout; refused once the traffic moves.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        rollouts.MapPost("/{id:guid}/approvals", ApproveAsync)
            .WithSummary("Sign a rollout that waits for it.").WithDescription("What is signed is the `statement` of the rollout's `approval`.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>What every request for a rollout may be answered with.</summary>
    public static RouteHandlerBuilder DescribeRequest(RouteHandlerBuilder endpoint) => endpoint
        .WithDescription("With an `Idempotency-Key` a repeated request answers with the rollout the first one made.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    public static Results<Accepted<Rollout>, ProblemHttpResult> Answer(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Accepted accepted => TypedResults.Accepted($"/api/v1/rollouts/{accepted.Rollout.Id}", accepted.Rollout),
        RequestOutcome.LeaseHeld held => Problems.Of(
            409, "lease-held", "Another rollout is running", $"the lease is held by {held.Holder}", ("holder", held.Holder)),
        RequestOutcome.Unknown unknown => Problems.Of(404, unknown.Slug, "Not found", unknown.Message),
        RequestOutcome.Invalid invalid => Problems.Invalid(invalid.Problems),
        RequestOutcome.KeyReused reused => Problems.Of(
            422, "idempotency-key-reused", "The idempotency key was used for another request", $"choose another than '{reused.Key}'"),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };

    private static async Task<Results<Ok<RolloutList>, ProblemHttpResult>> ListAsync(
        StatusQueries status, string? service, string? environment, CancellationToken ct, int limit = 50) =>
        limit is >= 1 and <= MostRollouts
            ? TypedResults.Ok(await status.RolloutsAsync(service, environment, limit, ct))
            : Problems.Invalid([$"limit: must be 1 to {MostRollouts}"]);

    private static async Task<Results<Accepted<Rollout>, ProblemHttpResult>> RequestAsync(
        RolloutRequests requests, RolloutRequest request, [FromHeader(Name = IdempotencyHeader)] string? key, CancellationToken ct) =>
        key is null || RequestRules.IsText(key)
            ? Answer(await requests.RequestAsync(request, key, ct))
            : Problems.Invalid([$"{IdempotencyHeader}: must be 1 to {RequestRules.LongestText} characters"]);

    private static async Task<Results<Ok<RolloutView>, StatusCodeHttpResult, ProblemHttpResult>> FindAsync(
        HttpContext context, StatusQueries status, Guid id, CancellationToken ct) =>
        await status.RolloutAsync(id, ct) is { } known
            ? EntityTag.Answer(context, known, WireJson.Default.RolloutView)
            : Problems.NotFound($"no rollout {id}");

    private static async Task<Results<Ok<ApprovalGate>, ProblemHttpResult>> ApproveAsync(
        RolloutApprovals approvals, Guid id, ApprovalRequest request, CancellationToken ct)
    {
        if (!RequestRules.IsText(request.Key) || !RequestRules.IsText(request.Signature))
            return Problems.Invalid([$"key, signature: must be 1 to {RequestRules.LongestText} characters on one line"]);
        return await approvals.ApproveAsync(id, request, ct) switch
        {
            ApprovalOutcome.Taken taken => TypedResults.Ok(taken.Gate),
            ApprovalOutcome.Refused refused => Problems.Of(403, "approval-refused", "The signature does not count", refused.Reason),
            ApprovalOutcome.NotWaiting not => Problems.Of(409, "not-waiting", "It does not wait for anybody's signature", $"the rollout is {not.State}"),
            _ => Problems.NotFound($"no rollout {id}"),
        };
    }

    private static async Task<Results<Accepted<Rollout>, ProblemHttpResult>> CancelAsync(
        RolloutCancellation cancellation, Guid id, CancellationToken ct) =>
        await cancellation.CancelAsync(id, ct) switch
        {
            CancelOutcome.Cancelled cancelled => TypedResults.Accepted($"/api/v1/rollouts/{id}", cancelled.Rollout),
            CancelOutcome.TooLate late => Problems.Of(
                409, "too-late", "It can't be cancelled any more", $"the rollout is {late.Rollout.State}; roll back instead"),
            _ => Problems.NotFound($"no rollout {id}"),
        };
}
