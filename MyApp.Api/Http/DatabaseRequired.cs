using MyApp.Api.Persistence;

namespace MyApp.Api.Http;

/// <summary>Answers 503 with the reason, instead of failing deep inside, while PostgreSQL has not been reached yet.</summary>
internal sealed class DatabaseRequired(DatabaseGate gate) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (gate.IsOpen)
            return next(context);
        context.HttpContext.Response.Headers.RetryAfter = "2";
        return ValueTask.FromResult<object?>(
            Problems.Of(503, "database-unavailable", "PostgreSQL can't be used now", $"waiting for PostgreSQL: {gate.Reason}"));
    }
}
