using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Hosting.Engine.Execution;
using MyApp.Hosting.Engine.Health;
using MyApp.Hosting.Engine.Logs;
using MyApp.Hosting.Engine.Parameters;
using MyApp.Hosting.Engine.Publishing;
using MyApp.Hosting.Engine.States;

namespace MyApp.Hosting.Engine;

/// <summary>Everything the engine resolves from the AppHost's container.</summary>
internal static class EngineServices
{
    public static void Add(HostApplicationBuilder host, DistributedApplicationBuilder builder, AppHostArguments arguments, DistributedApplicationOptions options)
    {
        var services = host.Services;
        services.AddSingleton(arguments);
        services.AddSingleton(builder.ExecutionContext);
        services.AddSingleton<IDistributedApplicationEventing>(builder.Eventing);
        services.AddSingleton(_ => new DistributedApplicationModel(builder.Resources));
        services.AddSingleton(new SecretValues());
        services.AddSingleton<Publisher>();
        services.TryAddSingleton(TimeProvider.System);
        AddStates(services);
        AddLogging(host, arguments);
        services.AddHealthChecks();
        services.AddSingleton(new AppHostLocation(builder.AppHostDirectory, builder.AppHostAssembly));
        services.AddSingleton<EngineSettings>(s => EngineSettings.Read(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<TerminalLogs>();
        services.AddSingleton<HealthWatch>();
        services.AddSingleton<DependencyWait>();
        services.AddSingleton<ExecutionPlans>();
        services.AddSingleton<RunnerServices>();
        services.AddSingleton<StartSummary>();
        services.AddSingleton<Orchestrator>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(15));
        // Before the orchestrator, so that it is there when the first resource starts and goes after the last has stopped.
        if (arguments.Dashboard && !options.DisableDashboard)
            services.AddDashboard();
        services.AddHostedService(s => s.GetRequiredService<Orchestrator>());
    }

    private static void AddStates(IServiceCollection services)
    {
        services.AddSingleton(s => new SnapshotFactory(s.GetRequiredService<TimeProvider>(), s));
        services.AddSingleton(s => new ResourceNotificationService(
            s.GetRequiredService<IHostApplicationLifetime>(), s.GetRequiredService<SnapshotFactory>()));
        services.AddSingleton(s => new ResourceLoggerService(s.GetRequiredService<TimeProvider>(), SnapshotFactory.ResourceId));
        services.AddSingleton(s => new ResourceCommandService(
            s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
    }

    private static void AddLogging(HostApplicationBuilder host, AppHostArguments arguments)
    {
        host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        host.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        if (Enum.TryParse<LogLevel>(arguments.LogLevel, ignoreCase: true, out var level))
            host.Logging.SetMinimumLevel(level);
    }
}
