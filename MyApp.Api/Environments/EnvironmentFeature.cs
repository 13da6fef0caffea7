using Microsoft.AspNetCore.Http.HttpResults;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Environments;

internal static class EnvironmentFeature
{
    public static void AddEnvironments(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<EnvironmentQueries>();

    public static void MapEnvironments(this IEndpointRouteBuilder api) =>
        api.MapGet("/environments", ReadAsync)
            .WithTags("Environments")
            .WithSummary("What stands where: the release of each service in each environment, the rollout under way, and what holds for shipping to it.")
            .WithDescription("What holds is read from the spec that was shipped last. `service` and `environment` choose.");

    private static async Task<Ok<EnvironmentStandings>> ReadAsync(EnvironmentQueries environments, string? service, string? environment, CancellationToken ct) =>
        TypedResults.Ok(await environments.ReadAsync(service, environment, ct));
}
