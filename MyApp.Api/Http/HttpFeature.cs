using MyApp.Deployment.ControlPlane;

namespace MyApp.Api.Http;

internal static class HttpFeature
{
    private const long DefaultBodyLimit = 1024 * 1024;

    /// <summary>What holds for every request: who may call, how big it may be, how it is written, how a refusal looks.</summary>
    public static void AddHttpRules(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<AccessOptions>(builder.Configuration.GetSection(AccessOptions.Section));
        builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DefaultBodyLimit;
        });
        builder.Services.AddProblems();
        builder.Services.AddRateLimiter(limits => limits.OnRejected = async (rejected, ct) =>
        {
            var response = rejected.HttpContext.Response;
            response.Headers.RetryAfter = "2";
            await Problems.Of(StatusCodes.Status503ServiceUnavailable, "busy", "Too much at once", "as many of these requests as fit are under way, and others wait already: ask again in a moment").ExecuteAsync(rejected.HttpContext);
        });
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            var wire = WireJson.Default.Options;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default);
            json.SerializerOptions.DefaultIgnoreCondition = wire.DefaultIgnoreCondition;
            // A resolver brings types along, not the converters its own options have.
            foreach (var converter in wire.Converters)
                json.SerializerOptions.Converters.Add(converter);
        });
        // Several lines a request; traces and metrics have them better. What fails is still said.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddOpenApi();
    }

    public static void UseHttpRules(this WebApplication app)
    {
        app.UseMiddleware<AccessRules>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRateLimiter();
        app.MapOpenApi();
    }

    /// <summary>The group every feature maps itself on.</summary>
    public static RouteGroupBuilder MapApi(this WebApplication app) =>
        app.MapGroup("/api/v1").AddEndpointFilter<RouteGroupBuilder, DatabaseRequired>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}
