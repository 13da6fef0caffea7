namespace MyApp.Api.Builds;

internal static class BuildFeature
{
    public static void AddBuilds(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<BuildOptions>(builder.Configuration.GetSection(BuildOptions.Section));
        builder.Services.AddSingleton<BuildQueue>();
        builder.Services.AddSingleton<BuildLog>();
        builder.Services.AddSingleton<BuildWork>();
        builder.Services.AddSingleton<BuildRun>();
        builder.Services.AddSingleton<ShipBuilds>();
        builder.Services.AddHostedService<BuildWorker>();
    }
}
