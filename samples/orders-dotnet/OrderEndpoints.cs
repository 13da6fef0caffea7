using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Orders;

internal static class OrderEndpoints
{
    public static void MapOrders(this WebApplication app)
    {
        app.MapPost("/orders", Create);
        app.MapGet("/orders", List);
        app.MapGet("/orders/{id}", Get);
        app.MapPost("/orders/{id}/cancel", Cancel);
        app.MapGet("/version", () => TypedResults.Ok(new ServiceVersion("orders", Version())));
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new Health("live")));
        app.MapGet("/health/ready", Ready);
    }

    // Not ready from the moment it is told to stop, while it still answers.
    private static Results<Ok<Health>, JsonHttpResult<Health>> Ready(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.IsCancellationRequested
            ? TypedResults.Json(new Health("stopping"), OrdersJson.Default.Health, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Ok(new Health("ready"));

    private static Results<Created<Order>, ProblemHttpResult> Create(NewOrder request, OrderStore store)
    {
        if (request.Problem() is { } problem)
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
        return store.Create(request) is { } order
            ? TypedResults.Created($"/orders/{order.Id}", order)
            : TypedResults.Problem("no room for another order", statusCode: StatusCodes.Status507InsufficientStorage);
    }

    private static Results<Ok<OrderList>, ProblemHttpResult> List(OrderStore store, string? status = null)
    {
        if (status is null or "")
            return TypedResults.Ok(new OrderList(store.List(null)));
        return Enum.TryParse<OrderStatus>(status, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted)
            ? TypedResults.Ok(new OrderList(store.List(wanted)))
            : TypedResults.Problem("status must be open or cancelled", statusCode: StatusCodes.Status400BadRequest);
    }

    private static Results<Ok<Order>, ProblemHttpResult> Get(string id, OrderStore store) =>
        store.Find(id) is { } order ? TypedResults.Ok(order) : Unknown();

    private static Results<Ok<Order>, ProblemHttpResult> Cancel(string id, OrderStore store) => store.Cancel(id) switch
    {
        (null, _) => Unknown(),
        ({ } order, true) => TypedResults.Ok(order),
        _ => TypedResults.Problem("the order is cancelled already", statusCode: StatusCodes.Status409Conflict),
    };

    private static ProblemHttpResult Unknown() => TypedResults.Problem("no such order", statusCode: StatusCodes.Status404NotFound);

    private static string Version() =>
        typeof(OrderEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "dev";
}
