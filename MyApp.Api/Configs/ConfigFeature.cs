using MyApp.Api.Secrets;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Configs;

/// <summary>The config server: values, and the secrets that values refer to.</summary>
internal static class ConfigFeature
{
    public static void AddConfigs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WatchedReads>();
        builder.Services.AddSingleton<ConfigStore>();
        builder.Services.AddSingleton<ConfigWatch>();
        builder.Services.AddSingleton(services => new ConfigDrift(
            services.GetRequiredService<DataPaths>(), new UnitSecrets(services.GetRequiredService<SecretVault>()), services.GetRequiredService<ConfigStore>().ForSpecAsync));
        builder.Services.AddSingleton<ConfigReactions>();
        builder.Services.AddHostedService<ConfigReactionWorker>();
        builder.AddSecrets();
    }

    /// <param name="api">Everything but what Spring's clients ask for, whose addresses begin at the root.</param>
    public static void MapConfigs(this WebApplication app, IEndpointRouteBuilder api)
    {
        ConfigEndpoints.Map(api);
        api.MapSecrets();
        app.MapSpringConfigs();
    }
}
