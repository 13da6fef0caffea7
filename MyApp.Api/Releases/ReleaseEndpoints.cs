using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MyApp.Api.Http;
using MyApp.Api.Persistence;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Releases;

internal static class ReleaseEndpoints
{
    public static void MapReleases(this IEndpointRouteBuilder api)
    {
        var releases = api.MapGroup("/").WithTags("Releases");
        releases.MapGet("/services/{service}/releases", ListAsync)
            .WithSummary("Releases of a service, newest first.").ProducesProblem(StatusCodes.Status404NotFound);
        releases.MapGet("/releases/{id}", FindAsync)
            .WithSummary("One release.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        releases.MapGet("/releases/{id}/diff/{other}", DiffAsync)
            .WithSummary("What is different in the other release, field by field.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<ReleaseList>, ProblemHttpResult>> ListAsync(
        StatusQueries status, string service, CancellationToken ct, string environment = ServiceEndpoints.DefaultEnvironment) =>
        await status.ServiceAsync(service, environment, ct) is null
            ? ServiceEndpoints.Unknown(service, environment)
            : TypedResults.Ok(await status.ReleasesAsync(service, environment, ct));

    private static async Task<Results<Ok<ReleaseDiff>, ProblemHttpResult>> DiffAsync(
        IDbContextFactory<ControlPlaneContext> contexts, string id, string other, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.Releases.AsNoTracking().Where(release => release.Id == id || release.Id == other).ToDictionaryAsync(release => release.Id, ct);
        if (!found.TryGetValue(id, out var from) || !found.TryGetValue(other, out var to))
            return Problems.NotFound($"no release {(found.ContainsKey(id) ? other : id)}");
        return TypedResults.Ok(ReleaseDiff.Of(from.ToRelease(), to.ToRelease()));
    }

    private static async Task<Results<Ok<ReleaseView>, StatusCodeHttpResult, ProblemHttpResult>> FindAsync(
        HttpContext context, StatusQueries status, string id, CancellationToken ct) =>
        await status.ReleaseAsync(id, ct) is { } known
            ? EntityTag.Answer(context, known, WireJson.Default.ReleaseView)
            : Problems.NotFound($"no release {id}");
}
