using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Supervision.Control;

namespace MyApp.Hosting.HostBinaries;

/// <summary>Healthy when the guard says hello on its socket.</summary>
internal sealed class GuardChecks(string dataFolder) : IHealthCheck
{
    /// <returns>The key to give to <c>WithHealthCheck</c>.</returns>
    public static string Register(IDistributedApplicationBuilder builder, string key, string dataFolder)
    {
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, new GuardChecks(dataFolder), failureStatus: null, tags: null));
        return key;
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await new GuardClient(new GuardPaths(dataFolder).SocketPath).HelloAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (GuardException failure)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }
}
