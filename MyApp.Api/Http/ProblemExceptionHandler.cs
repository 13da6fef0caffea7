using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using MyApp.Api.Persistence;
using MyApp.Supervision.Control;

namespace MyApp.Api.Http;

/// <summary>The one boundary of requests: what a handler did not expect becomes a problem a client can act on.</summary>
internal sealed class ProblemExceptionHandler(IProblemDetailsService problems) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        if (Explain(exception) is not { } problem)
            return false;
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "2";
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails? Explain(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Of(413, "too-large", "The body is too large", exception.Message),
        BadHttpRequestException bad => Of(bad.StatusCode, "invalid-request", "The request can't be understood", Innermost(bad)),
        GuardException guard => Of(guard),
        _ when DatabaseFailure.Explains(exception) => Of(503, "database-unavailable", "PostgreSQL can't be used now", DatabaseFailure.Reason(exception)),
        _ => null,
    };

    private static ProblemDetails Of(GuardException e) => e.Code switch
    {
        "not-found" => Of(404, "not-found", "Not found", e.Message),
        "bad-request" => Of(400, "invalid-request", "The guard refused the request", e.Message),
        "conflict" or "port-taken" => Of(409, e.Code, "The guard refused the request", e.Message),
        "unsupported" => Of(422, "unsupported", "The guard can't do this", e.Message),
        "unreachable" => Of(503, "guard-unreachable", "The guard can't be reached", e.Message),
        _ => Of(502, "guard-failed", "The guard failed", e.Message),
    };

    // The innermost message names the member that could not be read.
    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;

    private static ProblemDetails Of(int status, string slug, string title, string detail) =>
        new() { Status = status, Type = Problems.TypeBase + slug, Title = title, Detail = detail };
}
