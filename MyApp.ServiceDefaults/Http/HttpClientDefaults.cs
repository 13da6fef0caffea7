using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MyApp.ServiceDefaults.Http;

internal static class HttpClientDefaults
{
    // Resilience is outside discovery, so that every attempt picks an endpoint anew.
    public static void AddHttpClientDefaults(this IServiceCollection services)
    {
        services.AddOptions<HttpResilienceOptions>();
        services.TryAddSingleton<HttpResiliencePipelines>();
        services.TryAddSingleton<ServiceEndpoints>();
        services.ConfigureHttpClientDefaults(http => http
            .AddHttpMessageHandler(provider => new ResilienceHandler(provider.GetRequiredService<HttpResiliencePipelines>()))
            .AddHttpMessageHandler(provider => new ServiceDiscoveryHandler(provider.GetRequiredService<ServiceEndpoints>())));
    }
}
