using Microsoft.AspNetCore.Diagnostics;

namespace MyApp.Api.Console;

/// <summary>A page, instead of JSON, for someone who was looking at a page when a bug struck.</summary>
internal sealed class ConsoleExceptionHandler(ConsolePages pages, ILogger<ConsoleExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<ConsoleEndpoint>() is null)
            return false;
        log.LogError(exception, "{Method} {Path} failed", httpContext.Request.Method, httpContext.Request.Path);
        var page = await pages.ProblemAsync(httpContext, 500, "This page failed", "The error is in the control plane's log. Services are not affected.");
        await page.ExecuteAsync(httpContext);
        return true;
    }
}

/// <summary>Marks the endpoints that answer with pages.</summary>
internal sealed record ConsoleEndpoint;
