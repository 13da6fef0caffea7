using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Rollouts;

internal static class RolloutFeature
{
    public static void AddRollouts(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<WorkerOptions>(builder.Configuration.GetSection(WorkerOptions.Section));
        builder.Services.AddSingleton<RolloutRequests>();
        builder.Services.AddSingleton<RolloutCancellation>();
        builder.Services.AddSingleton<RunRollout>(services =>
        {
            var (paths, clock) = (services.GetRequiredService<DataPaths>(), services.GetRequiredService<TimeProvider>());
            return (rollout, store, ct) => RolloutRunner.ForGuard(paths, store, clock).RunAsync(rollout, ct);
        });
        builder.Services.AddSingleton<LeasedRun>();
        builder.Services.AddHostedService<RolloutWorker>();
    }
}
