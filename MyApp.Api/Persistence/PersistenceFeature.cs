using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MyApp.Api.Persistence;

internal static class PersistenceFeature
{
    /// <summary>The record in PostgreSQL, over the registered <see cref="NpgsqlDataSource"/>.</summary>
    public static void AddPersistence(this IHostApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource("myapp", settings => settings.DisableHealthChecks = true, TraceOnlyAsPartOfSomething);
        builder.Services.AddPooledDbContextFactory<ControlPlaneContext>(
            (services, options) => options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<DatabaseGate>();
        builder.Services.AddHostedService<DatabaseStartup>();
        QuietenDriver(builder.Logging);
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("postgresql");
    }

    // The worker asks for work every second: traced, its questions would bury everything else.
    private static void TraceOnlyAsPartOfSomething(NpgsqlDataSourceBuilder source) =>
        source.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => Activity.Current is not null));

    // Both would write a line for every statement, several a second, and EF Core one more for each failure that it throws anyway.
    private static void QuietenDriver(ILoggingBuilder logging)
    {
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.EntityFrameworkCore.Query", LogLevel.Critical);
        logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical);
        logging.AddFilter("Microsoft.EntityFrameworkCore.Database", LogLevel.Critical);
    }
}
