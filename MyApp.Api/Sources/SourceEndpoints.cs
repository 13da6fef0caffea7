using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MyApp.Api.Http;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Sources;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Sources;

internal static class SourceEndpoints
{
    private const string UploadLimit = "uploads";

    public static void AddSources(this IHostApplicationBuilder builder)
    {
        // Together with the size limit this bounds what uploads in progress take of the disk.
        builder.Services.AddRateLimiter(limits => limits.AddConcurrencyLimiter(UploadLimit, uploads => (uploads.PermitLimit, uploads.QueueLimit) = (4, 16)));
        builder.Services.Configure<SourceOptions>(builder.Configuration.GetSection(AccessOptions.Section));
        builder.Services.AddSingleton(services => new SourceStore(services.GetRequiredService<DataPaths>().Sources));
    }

    public static void MapSources(this IEndpointRouteBuilder api) =>
        api.MapPost("/sources", ReceiveAsync)
            .RequireRateLimiting(UploadLimit)
            .WithTags("Sources")
            .WithSummary("Upload a source folder as a tar.gz, which is checked whole before any of it is kept.")
            .Accepts<IFormFile>("application/gzip")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);

    private static async Task<Results<Created<SourceReceipt>, ProblemHttpResult>> ReceiveAsync(
        HttpContext context, SourceStore store, IDbContextFactory<ControlPlaneContext> contexts, IOptions<SourceOptions> options, TimeProvider clock,
        CancellationToken ct)
    {
        var most = options.Value.MaxSourceBytes;
        if (context.Request.ContentLength > most)
            return TooLarge($"{context.Request.ContentLength} bytes, and at most {most} are taken");
        // The store counts what it takes; the server's own limit is for all the small bodies.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        try
        {
            var receipt = await store.SaveAsync(context.Request.Body, most, ct);
            await using var db = await contexts.CreateDbContextAsync(ct);
            await Sql.AddSourceAsync(
                db.Database, new SourceRow { Digest = receipt.Digest, Bytes = receipt.Bytes, ReceivedAt = clock.GetUtcNow() }, ct);
            return TypedResults.Created((string?)null, receipt);
        }
        catch (SourceRefusedException e) when (e.Reason == SourceRefusal.TooLarge)
        {
            return TooLarge(e.Message);
        }
        catch (SourceRefusedException e)
        {
            return Problems.Of(400, "bad-archive", "The archive is not accepted", e.Message);
        }
        catch (IOException e) when (IsFull(e))
        {
            return Problems.Of(507, "storage-full", "There is no space left for sources", "make room below MYAPP_DATA and try again");
        }
    }

    private static ProblemHttpResult TooLarge(string detail) => Problems.Of(413, "too-large", "The archive is too large", detail);

    // On Unix an IOException carries errno: ENOSPC and EDQUOT.
    private static bool IsFull(IOException e) => e.HResult is 28 or 122;
}
