using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using MyApp.Deployment.Transport;

namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>Where the official dashboard is, where it will listen and what opens it: decided before any resource starts.</summary>
internal sealed record DashboardSettings
{
    /// <summary>Null: no dashboard, for the reason in <see cref="Missing"/>.</summary>
    public string? Program { get; private init; }

    public string? Missing { get; private init; }

    /// <summary>The guard's executable, which ends the dashboard when this process dies, however it dies.</summary>
    public string? Guard { get; private init; }

    /// <summary>The dashboard's own: it keeps the keys of its cookies there, so that a browser stays logged in to a fixed port.</summary>
    public required string Home { get; init; }

    public required int FrontendPort { get; init; }

    public required int OtlpGrpcPort { get; init; }

    public required int OtlpHttpPort { get; init; }

    public required int ResourceServicePort { get; init; }

    /// <summary>New with each run, as the other two.</summary>
    public string BrowserToken { get; } = NewToken();

    public string OtlpKey { get; } = NewToken();

    public string ResourceServiceKey { get; } = NewToken();

    public string FrontendUrl => Loopback(FrontendPort);

    public string OtlpGrpcUrl => Loopback(OtlpGrpcPort);

    public string OtlpHttpUrl => Loopback(OtlpHttpPort);

    public Uri LoginUrl => new($"{FrontendUrl}/login?t={BrowserToken}");

    public IReadOnlyCollection<string> Secrets => [BrowserToken, OtlpKey, ResourceServiceKey];

    /// <summary>
    /// <c>Dashboard:Enabled</c> (default true), <c>ASPIRE_DASHBOARD_PATH</c> (its program), and the variables of Aspire's launch profiles for
    /// its addresses. Of those only the port is taken: it listens on loopback.
    /// </summary>
    public static DashboardSettings Read(IConfiguration configuration) => Read(configuration, GuardBinary.Find(), AppContext.BaseDirectory);

    internal static DashboardSettings Read(IConfiguration configuration, string? guard, string baseFolder)
    {
        var program = DashboardProgram.Find(configuration["ASPIRE_DASHBOARD_PATH"], baseFolder);
        var missing = (configuration.GetValue("Dashboard:Enabled", true), program, guard) switch
        {
            (false, _, _) => "it is switched off",
            (_, null, _) => "it is not on this machine (eng/fetch-dashboard fetches it)",
            (_, _, null) => "the guard's executable, which it runs under, was not found",
            _ => null,
        };
        var ports = new LoopbackPorts();
        return new DashboardSettings
        {
            Program = missing is null ? program : null,
            Missing = missing,
            Guard = guard,
            Home = Path.Combine(configuration[DataFolder.Variable] is { Length: > 0 } data ? Path.GetFullPath(data) : DataFolder.Resolve(), "dashboard"),
            FrontendPort = ports.Take(configuration["ASPNETCORE_URLS"]),
            OtlpGrpcPort = ports.Take(configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"]),
            OtlpHttpPort = ports.Take(configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]),
            ResourceServicePort = ports.Take(configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] ?? configuration["DOTNET_RESOURCE_SERVICE_ENDPOINT_URL"]),
        };
    }

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
