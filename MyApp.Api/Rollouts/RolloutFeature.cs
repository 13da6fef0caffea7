namespace MyApp.Api.Rollouts;

internal static class RolloutFeature
{
    public static void AddRollouts(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<WorkerOptions>(builder.Configuration.GetSection(WorkerOptions.Section));
        builder.Services.AddSingleton<RolloutRequests>();
        builder.Services.AddSingleton<RolloutCancellation>();
        builder.Services.AddSingleton<LeasedRun>();
    }
}
