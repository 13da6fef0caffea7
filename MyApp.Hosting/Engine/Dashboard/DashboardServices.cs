using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyApp.Hosting.Engine.Dashboard.Resources;
using MyApp.Hosting.Engine.Parameters;

namespace MyApp.Hosting.Engine.Dashboard;

internal static class DashboardServices
{
    private const string AppHostSuffix = ".AppHost";

    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddSingleton(provider => DashboardSettings.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<DashboardTelemetry>();
        services.AddSingleton(provider => new DashboardService(
            ApplicationName(provider.GetRequiredService<IHostEnvironment>()),
            provider.GetRequiredService<ResourceNotificationService>(),
            provider.GetRequiredService<ResourceLoggerService>(),
            provider.GetRequiredService<ResourceCommandService>(),
            Mask(provider.GetRequiredService<SecretValues>(), provider.GetRequiredService<DashboardSettings>())));
        services.AddSingleton<DashboardHost>();
        services.AddHostedService(provider => provider.GetRequiredService<DashboardHost>());
        return services;
    }

    private static SecretMask Mask(SecretValues secrets, DashboardSettings settings) => new(() => [.. secrets.Values, .. settings.Secrets]);

    private static string ApplicationName(IHostEnvironment environment) =>
        environment.ApplicationName.EndsWith(AppHostSuffix, StringComparison.OrdinalIgnoreCase)
            ? environment.ApplicationName[..^AppHostSuffix.Length]
            : environment.ApplicationName;
}
