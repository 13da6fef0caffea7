using Microsoft.AspNetCore.WebUtilities;

namespace MyApp.Api.Http;

internal static class ProblemDefaults
{
    private static readonly Dictionary<int, string> Slugs = new()
    {
        [StatusCodes.Status400BadRequest] = "invalid-request",
        [StatusCodes.Status404NotFound] = "not-found",
        [StatusCodes.Status405MethodNotAllowed] = "method-not-allowed",
        [StatusCodes.Status413PayloadTooLarge] = "too-large",
        [StatusCodes.Status415UnsupportedMediaType] = "unsupported-media-type",
        [StatusCodes.Status503ServiceUnavailable] = "unavailable",
    };

    /// <summary>Every refusal is a problem with one of our types, also those the framework makes.</summary>
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            var status = problem.Status ?? context.HttpContext.Response.StatusCode;
            if (problem.Type?.StartsWith(Problems.TypeBase, StringComparison.Ordinal) is true)
                return;
            problem.Type = Problems.TypeBase + Slugs.GetValueOrDefault(status, status < 500 ? "refused" : "internal");
            problem.Title ??= ReasonPhrases.GetReasonPhrase(status);
        });
        services.AddExceptionHandler<ProblemExceptionHandler>();
        // Else the developer page turns a bad request into a 500 of its own.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}
