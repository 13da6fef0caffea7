using Microsoft.AspNetCore.Http.HttpResults;
using MyApp.Api.Services;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Control;

namespace MyApp.Api.Instances;

internal static class InstanceFeature
{
    public static void AddInstances(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new DataPaths(builder.Configuration[DataFolder.Variable] ?? DataFolder.Resolve()));
        builder.Services.AddSingleton(services => new GuardClient(services.GetRequiredService<DataPaths>().Guard.SocketPath));
        builder.Services.AddSingleton<InstanceBoard>();
        builder.Services.AddHostedService<InstanceWatcher>();
    }

    public static void MapInstances(this IEndpointRouteBuilder api) =>
        api.MapGet("/services/{service}/instances", ListAsync)
            .WithTags("Instances")
            .WithSummary("Instances of the release that has the traffic, as the guard sees them now.")
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<InstanceList>, ProblemHttpResult>> ListAsync(
        StatusQueries status, string service, CancellationToken ct, string environment = ServiceEndpoints.DefaultEnvironment) =>
        await status.ServiceAsync(service, environment, ct) is { } known
            ? TypedResults.Ok(new InstanceList(known.Instances))
            : ServiceEndpoints.Unknown(service, environment);
}
