using System.Text.Json;
using MyApp.Api.Http;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Layering;

namespace MyApp.Api.Configs;

/// <summary>
/// The read protocol of Spring Cloud Config, below <c>/config</c>: <c>/{application}/{profile}[/{label}]</c>, and flat as <c>.yml</c>,
/// <c>.properties</c> and <c>.json</c>. A profile is an environment, several are separated by commas and the last one wins; a label is a version.
/// </summary>
internal static class SpringEndpoints
{
    private const string Latest = "main";

    public static void MapSpringConfigs(this WebApplication app)
    {
        var spring = app.MapGroup("/config").AddEndpointFilter<RouteGroupBuilder, DatabaseRequired>().ExcludeFromDescription();
        spring.MapGet("/{application}-{profiles}.yml", (ConfigStore store, string application, string profiles, CancellationToken ct) =>
            FlatAsync(store, application, profiles, SpringText.Yaml, "text/plain", ct));
        spring.MapGet("/{application}-{profiles}.yaml", (ConfigStore store, string application, string profiles, CancellationToken ct) =>
            FlatAsync(store, application, profiles, SpringText.Yaml, "text/plain", ct));
        spring.MapGet("/{application}-{profiles}.properties", (ConfigStore store, string application, string profiles, CancellationToken ct) =>
            FlatAsync(store, application, profiles, SpringText.Properties, "text/plain", ct));
        spring.MapGet("/{application}-{profiles}.json", (ConfigStore store, string application, string profiles, CancellationToken ct) =>
            FlatAsync(store, application, profiles, SpringText.Json, "application/json", ct));
        spring.MapGet("/{application}/{profiles}/{label?}", EnvironmentAsync);
    }

    private static async Task<IResult> EnvironmentAsync(HttpContext context, ConfigStore store, string application, string profiles, CancellationToken ct, string? label = null)
    {
        long? version = null;
        if (label is not null && label is not (Latest or "master"))
        {
            if (!long.TryParse(label, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number))
                return Problems.NotFound($"no version '{label}': a label is the number of a version, or {Latest}");
            version = number;
        }

        var sources = await SourcesAsync(store, application, profiles, version, ct);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            WriteEnvironment(json, application, profiles.Split(','), label, sources);
        return Results.Bytes(buffer.WrittenMemory.ToArray(), "application/json");
    }

    private static async Task<IResult> FlatAsync(
        ConfigStore store, string application, string profiles, Func<IReadOnlyDictionary<string, string>, string> write, string type, CancellationToken ct)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // The sources come in the order of precedence, highest first.
        foreach (var source in (await SourcesAsync(store, application, profiles, null, ct)).Reverse())
        {
            foreach (var value in source.Values)
                merged[Name(value)] = value.Value;
        }

        return Results.Text(write(merged), type);
    }

    private static async Task<IReadOnlyList<ConfigView>> SourcesAsync(ConfigStore store, string application, string profiles, long? version, CancellationToken ct)
    {
        var sources = new List<ConfigView>();
        foreach (var profile in profiles.Split(',').Reverse())
        {
            foreach (var service in new[] { application, RemoteKeys.EveryService }.Distinct(StringComparer.Ordinal))
            {
                // A label is a version of the application; what every service has is as it is now.
                var view = await store.ReadAsync(service, profile, service == application ? version : null, ct);
                sources.Add(view with { Values = [.. view.Values.Where(value => value.Key.StartsWith(RemoteKeys.Application, StringComparison.Ordinal))] });
            }
        }

        return [.. sources.Where(source => source.Values.Count > 0)];
    }

    private static string Name(RemoteValue value) => value.Key[RemoteKeys.Application.Length..];

    // {"name":"orders","profiles":["prod"],"label":null,"version":"12","state":null,"propertySources":[{"name":"…","source":{"a.b":"1"}}]}
    private static void WriteEnvironment(Utf8JsonWriter json, string application, string[] profiles, string? label, IReadOnlyList<ConfigView> sources)
    {
        json.WriteStartObject();
        json.WriteString("name", application);
        json.WriteStartArray("profiles");
        foreach (var profile in profiles)
            json.WriteStringValue(profile);
        json.WriteEndArray();
        json.WriteString("label", label);
        json.WriteString("version", sources.Select(source => source.Version).DefaultIfEmpty(0).Max().ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteNull("state");
        json.WriteStartArray("propertySources");
        foreach (var source in sources)
        {
            json.WriteStartObject();
            json.WriteString("name", $"myapp:{source.Service}/{source.Environment}");
            json.WriteStartObject("source");
            foreach (var value in source.Values)
                json.WriteString(Name(value), value.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
