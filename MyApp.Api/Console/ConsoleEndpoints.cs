using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Console;

internal static class ConsoleEndpoints
{
    public static void AddConsole(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ConsoleAssets>().AddSingleton<ConsoleHealth>().AddSingleton<ConsoleReader>().AddSingleton<ConsolePages>().AddSingleton<ConsoleCommands>();
        services.AddExceptionHandler<ConsoleExceptionHandler>();
        services.AddRazorComponents();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "myapp-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            // The content security policy says it (frame-ancestors).
            options.SuppressXFrameOptionsHeader = true;
        });
        // Forms shown before a restart, or by another replica on this data folder, stay good.
        services.AddDataProtection().SetApplicationName("MyApp");
        // It warns that keys lie unencrypted: they sign forms and nothing else, in files only their owner reads.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        services.AddOptions<KeyManagementOptions>().Configure<DataPaths, ILoggerFactory>((options, paths, logs) =>
            options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(Path.Combine(paths.DataFolder, "console", "keys")), logs));
    }

    /// <summary>Map it last: it answers every GET that nothing else does.</summary>
    public static void MapConsole(this WebApplication app)
    {
        app.MapGet("/console/{file}", (ConsoleAssets assets, HttpContext context) => assets.Serve(context)).ExcludeFromDescription();
        var pages = app.MapGroup("/").AddEndpointFilter<RouteGroupBuilder, ConsoleRules>().WithMetadata(new ConsoleEndpoint()).ExcludeFromDescription();
        MapPages(pages);
        MapCommands(pages.MapGroup("/services/{service}"), pages);
    }

    private static void MapPages(RouteGroupBuilder group)
    {
        group.MapGet("/", (ConsolePages pages, HttpContext context) => pages.ServicesAsync(context));
        group.MapGet("/services/{service}", (ConsolePages pages, HttpContext context, string service, string environment = "dev") =>
            pages.ServiceAsync(context, service, environment));
        group.MapGet("/rollouts/{id:guid}", (ConsolePages pages, HttpContext context, Guid id) => pages.RolloutAsync(context, id));
        group.MapGet("/environments", (ConsolePages pages, HttpContext context) => pages.EnvironmentsAsync(context));
        group.MapGet("/builds", (ConsolePages pages, HttpContext context) => pages.BuildsAsync(context));
        group.MapGet("/builds/{id:guid}", (ConsolePages pages, HttpContext context, Guid id) => pages.BuildAsync(context, id));
        group.MapGet("/{**path:regex(^(?!api/|openapi/))}", (ConsolePages pages, HttpContext context) =>
            pages.NotFoundAsync(context, "There is no page at this address.")).WithOrder(int.MaxValue);
    }

    private static void MapCommands(RouteGroupBuilder service, RouteGroupBuilder group)
    {
        service.MapPost("/start", (ConsoleCommands commands, HttpContext context, string service) => commands.StartAsync(context, service));
        service.MapPost("/stop", (ConsoleCommands commands, HttpContext context, string service) => commands.StopAsync(context, service));
        service.MapPost("/restart", (ConsoleCommands commands, HttpContext context, string service) => commands.RestartAsync(context, service));
        service.MapPost("/rollback", (ConsoleCommands commands, HttpContext context, string service) => commands.RollbackAsync(context, service));
        group.MapPost("/rollouts/{id:guid}/cancel", (ConsoleCommands commands, HttpContext context, Guid id) => commands.CancelAsync(context, id));
        group.MapPost("/builds/{id:guid}/cancel", (ConsoleCommands commands, HttpContext context, Guid id) => commands.CancelBuildAsync(context, id));
    }
}
