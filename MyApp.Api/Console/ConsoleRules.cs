using Microsoft.AspNetCore.Antiforgery;
using MyApp.Api.Persistence;

namespace MyApp.Api.Console;

/// <summary>What holds for every page: none is kept by the browser, a form is one of ours, and a lost database has a page of its own.</summary>
internal sealed class ConsoleRules(ConsolePages pages, IAntiforgery antiforgery, DatabaseGate gate) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        if (!gate.IsOpen)
            return await AwayAsync(http, gate.Reason);
        try
        {
            if (HttpMethods.IsPost(http.Request.Method) && !await antiforgery.IsRequestValidAsync(http))
                return await pages.ProblemAsync(http, 400, "This form is no longer good", "Nothing was done. Go back, reload the page and try again.");
            return await next(context);
        }
        catch (Exception e) when (DatabaseFailure.Explains(e))
        {
            return await AwayAsync(http, DatabaseFailure.Reason(e));
        }
    }

    private Task<IResult> AwayAsync(HttpContext http, string reason)
    {
        http.Response.Headers.RetryAfter = "2";
        return pages.ProblemAsync(http, 503, "PostgreSQL is away", $"Services go on running; nothing can be shown or changed until it is back. {reason}");
    }
}
