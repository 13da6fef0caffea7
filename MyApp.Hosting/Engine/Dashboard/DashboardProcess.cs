using Microsoft.Extensions.Logging;
using MyApp.Deployment.Transport;

namespace MyApp.Hosting.Engine.Dashboard;

/// <summary>Runs the official dashboard, and runs it again when it ends by itself.</summary>
internal sealed class DashboardProcess(DashboardSettings settings, TimeProvider clock, ILogger logger)
{
    private const int MostFailures = 5;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    private volatile int processId;

    /// <summary>Of the shim it runs under; 0 before the first start.</summary>
    public int ProcessId => processId;

    /// <summary>Ends when it was cancelled, or when the dashboard ended so often in so short a time that more would not help.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var failures = 0; failures < MostFailures; failures++)
        {
            var began = clock.GetTimestamp();
            var result = await LocalHost.RunAsync(Call(), ct);
            if (clock.GetElapsedTime(began) > LongEnough)
                failures = 0;
            var pause = TimeSpan.FromSeconds(Math.Pow(2, failures));
            logger.LogWarning(
                "The dashboard ended with exit code {ExitCode}; it starts again in {Pause:0} s. It said last: {LastLine}",
                result.ExitCode, pause.TotalSeconds, LastLine(result));
            await Task.Delay(pause, clock, ct);
        }
        logger.LogError("The dashboard ended {Count} times in a row and is left alone. Everything else goes on.", MostFailures);
    }

    private ProgramCall Call() => new(settings.Guard!, ["exec", "--tether", "--grace", "2s", "--", settings.Program!, "dashboard"])
    {
        Env = Environment(),
        HoldStdIn = true,
        Timeout = Timeout.InfiniteTimeSpan,
        Grace = Grace,
        MaxCaptured = 16 * 1024,
        OnStarted = id => processId = id,
        OnLine = (_, line) => logger.LogDebug("{Line}", line),
    };

    private Dictionary<string, string> Environment() => new(StringComparer.Ordinal)
    {
        ["HOME"] = Home(),
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_URLS"] = settings.FrontendUrl,
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = settings.OtlpGrpcUrl,
        ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = settings.OtlpHttpUrl,
        ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = $"http://127.0.0.1:{settings.ResourceServicePort}",
        ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
        ["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken",
        ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = settings.BrowserToken,
        ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = settings.OtlpKey,
        ["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey",
        ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = settings.ResourceServiceKey,
    };

    private string Home()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(settings.Home);
        else
            Directory.CreateDirectory(settings.Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return settings.Home;
    }

    private static string LastLine(ProgramResult result) =>
        (result.Error + "\n" + result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "nothing";
}
