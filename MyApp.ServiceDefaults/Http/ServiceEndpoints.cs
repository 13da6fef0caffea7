using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace MyApp.ServiceDefaults.Http;

/// <summary>
/// Finds where a named service listens, from <c>services__{name}__{scheme}__{i}</c>. The scheme may be a list in order of preference
/// (<c>https+http://orders</c>); <c>http://_metrics.orders</c> asks for the endpoint named metrics.
/// </summary>
internal sealed class ServiceEndpoints(IConfiguration configuration)
{
    private readonly ConcurrentDictionary<string, Turn> turns = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address to call; <paramref name="uri"/> itself when its host is no declared service.</summary>
    /// <exception cref="HttpRequestException">The scheme is a list and no such service is declared.</exception>
    public Uri Resolve(Uri uri)
    {
        if (!uri.IsDefaultPort && uri.Port >= 0)
            return uri;
        var schemes = uri.Scheme.Split('+');
        var (service, endpoint) = SplitEndpoint(uri.Host);
        foreach (var key in endpoint is null ? schemes : [endpoint])
        {
            if (Next(service, key) is { } address)
                return Join(address, uri);
        }
        if (schemes.Length > 1)
            throw new HttpRequestException($"No endpoint of service '{service}' is declared: expected services__{service}__{endpoint ?? schemes[0]}__0.");
        return uri;
    }

    private Uri? Next(string service, string key)
    {
        var addresses = configuration.GetSection($"services:{service}:{key}").GetChildren().Select(child => child.Value).OfType<string>().ToArray();
        if (addresses.Length == 0)
            return null;
        var turn = turns.GetOrAdd($"{service}/{key}", _ => new Turn());
        var chosen = addresses[turn.Next() % addresses.Length];
        return Uri.TryCreate(chosen, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new HttpRequestException($"services__{service}__{key} has '{chosen}', which is no http or https address.");
    }

    private static (string Service, string? Endpoint) SplitEndpoint(string host) =>
        host is ['_', .. var rest] && rest.Split('.', 2) is [var endpoint, var service] ? (service, endpoint) : (host, null);

    private static Uri Join(Uri address, Uri asked) =>
        new UriBuilder(asked)
        {
            Scheme = address.Scheme,
            Host = address.Host,
            Port = address.Port,
            Path = address.AbsolutePath.TrimEnd('/') + asked.AbsolutePath,
        }.Uri;

    private sealed class Turn
    {
        private int count = -1;

        public uint Next() => (uint)Interlocked.Increment(ref count);
    }
}
