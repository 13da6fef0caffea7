using System.Globalization;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Candidate;

/// <summary>Asks a started release over loopback, on the port of its own that nobody else knows. What speaks no HTTP answers nothing.</summary>
public static class CandidateInspection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string[] TellingHeaders = ["Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];

    // Nobody has it.
    private const string Nowhere = "/myapp-preflight/nowhere";

    // Go's pprof and expvar, Spring Boot's actuators, .NET's and others' Swagger, Prometheus.
    private static readonly string[] Management =
    [
        "/debug/pprof/", "/debug/vars", "/actuator/env", "/actuator/beans", "/actuator/heapdump", "/actuator/configprops", "/swagger/index.html",
        "/swagger/v1/swagger.json", "/swagger-ui/index.html", "/metrics",
    ];

    public static async Task<CandidateFacts> InspectAsync(ServiceSpec spec, int port, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = Patience };
        using var client = new HttpClient(handler) { BaseAddress = new($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}"), Timeout = Patience };
        var answered = new List<string>();
        var telling = new SortedSet<string>(StringComparer.Ordinal);
        string? everywhere = null;
        foreach (var path in Management.Prepend(Nowhere))
        {
            try
            {
                using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
                telling.UnionWith(Telling(answer));
                var type = answer.Content.Headers.ContentType?.MediaType ?? "";
                if (path == Nowhere)
                    everywhere = answer.IsSuccessStatusCode ? type : null;
                // A program that has a page for everything answers what can't be there as well, and with the same kind of page.
                else if (answer.IsSuccessStatusCode && type != everywhere)
                    answered.Add(path);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or TaskCanceledException)
            {
                // No HTTP, or no answer in time: nothing that could be reached by it.
                break;
            }
        }

        return new(spec, answered, [.. telling]);
    }

    private static IEnumerable<string> Telling(HttpResponseMessage answer) =>
        from name in TellingHeaders
        where answer.Headers.Contains(name)
        from value in answer.Headers.GetValues(name)
        where value.Any(char.IsAsciiDigit)
        select $"{name}: {(value.Length <= 80 ? value : value[..80])}";
}
