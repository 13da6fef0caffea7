using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MyApp.Api.Http;
using MyApp.Api.Rollouts;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;

namespace MyApp.Api.Services;

internal static class ServiceEndpoints
{
    /// <summary>What a query that names no environment means.</summary>
    public const string DefaultEnvironment = "dev";

    public static void AddServices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StatusQueries>();
        builder.Services.AddSingleton<ServiceCommands>();
    }

    public static void MapServices(this IEndpointRouteBuilder api)
    {
        var services = api.MapGroup("/services").WithTags("Services");
        services.MapGet("/", ListAsync)
            .WithSummary("Services as they are now; of every environment unless one is named.");
        services.MapGet("/{service}", FindAsync)
            .WithSummary("One service as it is now.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound);
        services.MapGet("/{service}/why", WhyAsync)
            .WithSummary("Why its instances ended, the last exit first: cause, last lines, what differs from the release that worked.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        MapCommand(services.MapPost("/{service}/start", StartAsync), "Start the instances of the current release.");
        MapCommand(services.MapPost("/{service}/stop", StopAsync), "Drain and stop every instance; answers when they have ended.");
        MapCommand(services.MapPost("/{service}/restart", RestartAsync), "Restart the instances of the current release.");
        RolloutEndpoints.DescribeRequest(services.MapPost("/{service}/rollback", RollbackAsync))
            .WithSummary("Move back to an earlier release; to the one in service before the current unless `to` names another.");
    }

    public static ProblemHttpResult Unknown(string service, string environment) =>
        Problems.NotFound($"no service {service} in {environment}");

    private static void MapCommand(RouteHandlerBuilder command, string summary) =>
        command.WithSummary(summary)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Ok<ServiceList>> ListAsync(StatusQueries status, string? environment, CancellationToken ct) =>
        TypedResults.Ok(await status.ServicesAsync(environment, ct));

    private static async Task<Results<Ok<ServiceView>, StatusCodeHttpResult, ProblemHttpResult>> FindAsync(
        HttpContext context, StatusQueries status, string service, CancellationToken ct, string environment = DefaultEnvironment) =>
        await status.ServiceAsync(service, environment, ct) is { } known
            ? EntityTag.Answer(context, known, WireJson.Default.ServiceView)
            : Unknown(service, environment);

    private static async Task<Results<Ok<WhyView>, ProblemHttpResult>> WhyAsync(
        GuardClient guard, StatusQueries status, string service, CancellationToken ct, string environment = DefaultEnvironment, int count = 1)
    {
        if (count is < 1 or > WhyView.MostExits)
            return Problems.Invalid([$"count must be 1 to {WhyView.MostExits}"]);
        return await status.ServiceAsync(service, environment, ct) is null
            ? Unknown(service, environment)
            : TypedResults.Ok(new WhyView(service, environment, await guard.WhyAsync(service, environment, count, ct)));
    }

    private static Task<Results<NoContent, ProblemHttpResult>> StartAsync(
        ServiceCommands commands, StatusQueries status, string service, ServiceCommand command, CancellationToken ct) =>
        CommandAsync(commands.StartAsync, status, service, command, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> StopAsync(
        ServiceCommands commands, StatusQueries status, string service, ServiceCommand command, CancellationToken ct) =>
        CommandAsync(commands.StopAsync, status, service, command, ct);

    private static Task<Results<NoContent, ProblemHttpResult>> RestartAsync(
        ServiceCommands commands, StatusQueries status, string service, ServiceCommand command, CancellationToken ct) =>
        CommandAsync(commands.RestartAsync, status, service, command, ct);

    private static async Task<Results<NoContent, ProblemHttpResult>> CommandAsync(
        Func<string, string, CancellationToken, Task> act, StatusQueries status, string service, ServiceCommand command, CancellationToken ct)
    {
        if (await status.ServiceAsync(service, command.Environment, ct) is null)
            return Unknown(service, command.Environment);
        await act(service, command.Environment, ct);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted<Rollout>, ProblemHttpResult>> RollbackAsync(
        ServiceCommands commands, string service, RollbackRequest request,
        [FromHeader(Name = RolloutEndpoints.IdempotencyHeader)] string? key, CancellationToken ct) =>
        RolloutEndpoints.Answer(await commands.RollbackAsync(service, request, key, ct));
}
