using MyApp.Api.Secrets;

namespace MyApp.Api.Configs;

/// <summary>The config server: values, and the secrets that values refer to.</summary>
internal static class ConfigFeature
{
    public static void AddConfigs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ConfigStore>();
        builder.Services.AddSingleton<ConfigWatch>();
        builder.AddSecrets();
    }

    public static void MapConfigs(this IEndpointRouteBuilder api)
    {
        ConfigEndpoints.Map(api);
        api.MapSecrets();
    }
}
