using System.Data.Common;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>The part of Aspire.Npgsql that is used here, for registries without it.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string Section = "Aspire:Npgsql";

    /// <summary>
    /// Registers a singleton <see cref="NpgsqlDataSource"/> (and <see cref="NpgsqlConnection"/>, transient) for <c>ConnectionStrings:{connectionName}</c>,
    /// with health check "PostgreSql", traces and metrics.
    /// </summary>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton(services => Build(services, settings, connectionName, configureDataSourceBuilder));
        builder.Services.AddSingleton<DbDataSource>(services => services.GetRequiredService<NpgsqlDataSource>());
        builder.Services.AddTransient(services => services.GetRequiredService<NpgsqlDataSource>().CreateConnection());
        builder.Services.AddTransient<DbConnection>(services => services.GetRequiredService<NpgsqlConnection>());
        AddHealthAndTelemetry(builder.Services, settings);
    }

    private static NpgsqlSettings ReadSettings(IConfiguration configuration, string connectionName)
    {
        var settings = new NpgsqlSettings();
        configuration.GetSection(Section).Bind(settings);
        configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static void AddHealthAndTelemetry(IServiceCollection services, NpgsqlSettings settings)
    {
        if (!settings.DisableHealthChecks)
            services.AddHealthChecks().Add(new HealthCheckRegistration(
                "PostgreSql", provider => new NpgsqlHealthCheck(provider.GetRequiredService<NpgsqlDataSource>()), failureStatus: null, tags: null));
        if (!settings.DisableTracing)
            services.AddOpenTelemetry().WithTracing(traces => traces.AddSource("Npgsql"));
        if (!settings.DisableMetrics)
            services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
    }

    // Checked when first asked for: by then there is a logger to say it.
    private static NpgsqlDataSource Build(
        IServiceProvider services, NpgsqlSettings settings, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        if (string.IsNullOrEmpty(settings.ConnectionString))
            throw new InvalidOperationException(
                $"ConnectionString is missing: provide it in 'ConnectionStrings:{connectionName}' or as 'ConnectionString' in '{Section}'.");
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UseLoggerFactory(services.GetService<ILoggerFactory>());
        configure?.Invoke(source);
        return source.Build();
    }
}
