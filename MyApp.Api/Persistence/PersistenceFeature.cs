using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MyApp.Api.Persistence;

internal static class PersistenceFeature
{
    /// <summary>The record in PostgreSQL, over the registered <see cref="NpgsqlDataSource"/>.</summary>
    public static void AddPersistence(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("myapp", settings => settings.DisableHealthChecks = true);
        builder.Services.AddPooledDbContextFactory<ControlPlaneContext>(
            (services, options) => options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<DatabaseGate>();
        builder.Services.AddHostedService<DatabaseStartup>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("postgresql");
    }
}
