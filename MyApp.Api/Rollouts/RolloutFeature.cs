using MyApp.Api.Builds;
using MyApp.Api.Configs;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Rollouts;

internal static class RolloutFeature
{
    public static void AddRollouts(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<WorkerOptions>(builder.Configuration.GetSection(WorkerOptions.Section));
        builder.Services.AddSingleton<RolloutRequests>();
        builder.Services.AddSingleton<RolloutCancellation>();
        builder.Services.AddSingleton<RolloutApprovals>();
        builder.Services.AddSingleton<RunRollout>(services =>
        {
            var (paths, clock) = (services.GetRequiredService<DataPaths>(), services.GetRequiredService<TimeProvider>());
            var (secrets, configs) = (services.GetRequiredService<SecretVault>(), services.GetRequiredService<ConfigStore>());
            var builds = services.GetRequiredService<ShipBuilds>();
            return (rollout, store, ct) =>
            {
                ShipBuild build = (shipped, request, notes, token) => builds.MakeAsync(shipped, request, store, notes, token);
                return RolloutRunner.ForGuard(paths, store, clock, secrets: secrets, remote: configs.ForSpecAsync, build: build).RunAsync(rollout, ct);
            };
        });
        builder.Services.AddSingleton<LeasedRun>();
        builder.Services.AddHostedService<RolloutWorker>();
    }
}
