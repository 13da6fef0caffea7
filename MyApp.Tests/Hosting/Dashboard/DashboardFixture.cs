using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using MyApp.Deployment.Transport;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>A small application on the engine with the official dashboard before it, once for the tests of a class.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    public const string Secret = "correct-horse-battery";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("myapp-dashboard-test-").FullName;
    private DistributedApplication? application;

    internal static string? Program { get; } = DashboardProgram.Find(null, AppContext.BaseDirectory);

    internal Uri LoginUrl { get; private set; } = null!;

    internal DashboardHost Host => application!.Services.GetRequiredService<DashboardHost>();

    internal ResourceNotificationService Resources => application!.ResourceNotifications;

    /// <summary>What the engine gives a project of that name to send its telemetry with.</summary>
    internal Dictionary<string, object> TelemetryOf(string resource, string suffix)
    {
        var environment = new Dictionary<string, object>();
        application!.Services.GetRequiredService<DashboardTelemetry>().AddTo(environment, resource, suffix);
        return environment;
    }

    /// <summary>Each test's first line: what a fixture throws is a failure, whatever it says.</summary>
    internal static void SkipWhereMissing()
    {
        Assert.SkipUnless(ChromiumFixture.Executable is not null, "needs Chromium on PATH");
        Assert.SkipUnless(Program is not null, "needs the official dashboard (eng/fetch-dashboard)");
        Assert.SkipUnless(GuardBinary.Find() is not null, "needs the guard");
    }

    public async ValueTask InitializeAsync()
    {
        if (ChromiumFixture.Executable is null || Program is null || GuardBinary.Find() is null)
            return;
        application = Build();
        await application.StartAsync(TestContext.Current.CancellationToken);
        LoginUrl = await Host.Ready.WaitAsync(Patience) ?? throw new InvalidOperationException("the dashboard did not start");
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
        {
            await application.StopAsync(CancellationToken.None);
            await application.DisposeAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    private DistributedApplication Build()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], ProjectDirectory = folder });
        builder.Configuration["MYAPP_DATA"] = folder;
        builder.Configuration["ASPNETCORE_URLS"] = null;
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        builder.Services.AddHealthChecks().AddCheck("ticks", () => HealthCheckResult.Healthy("it ticks"));
        var key = builder.AddParameter("upstream-key", Secret, secret: true);
        var ticker = builder.AddExecutable(
                "ticker", "/bin/sh", folder, "-c", "i=0; while :; do i=$((i+1)); echo \"tick $i, $GREETING\"; echo \"knows $UPSTREAM\" >&2; sleep 1; done")
            .WithEnvironment("GREETING", "good morning")
            .WithEnvironment("UPSTREAM", key)
            .WithHealthCheck("ticks");
        builder.AddExecutable("follower", "/bin/sh", folder, "-c", "echo following; exec sleep 600").WaitFor(ticker);
        return builder.Build();
    }
}
