using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using MyApp.Hosting.Engine.Dashboard;
using MyApp.Tests.Support;

namespace MyApp.Tests.Hosting.Dashboard;

public sealed class DashboardSettingsTests
{
    private static readonly string SomeFile = typeof(DashboardSettingsTests).Assembly.Location;

    [Theory]
    [InlineData("false", true, true, "switched off")]
    [InlineData("true", false, true, "eng/fetch-dashboard")]
    [InlineData("true", true, false, "guard")]
    public void Read_SomethingIsMissing_SaysWhat(string enabled, bool hasProgram, bool hasGuard, string reason)
    {
        var settings = Read(new() { ["Dashboard:Enabled"] = enabled, ["ASPIRE_DASHBOARD_PATH"] = hasProgram ? SomeFile : "/nowhere" }, hasGuard ? SomeFile : null);
        Assert.Null(settings.Program);
        Assert.Contains(reason, settings.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LaunchProfilesAddresses_TakesTheirPortsOnLoopback()
    {
        var (frontend, otlp) = (FreePort.Find(), FreePort.Find());
        var settings = Read(new()
        {
            ["ASPIRE_DASHBOARD_PATH"] = SomeFile,
            ["ASPNETCORE_URLS"] = $"http://0.0.0.0:{frontend};http://localhost:1",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"https://localhost:{otlp}",
        });
        Assert.Equal($"http://127.0.0.1:{frontend}", settings.FrontendUrl);
        Assert.Equal($"http://127.0.0.1:{otlp}", settings.OtlpGrpcUrl);
        Assert.Equal($"http://127.0.0.1:{frontend}/login?t={settings.BrowserToken}", settings.LoginUrl.ToString());
    }

    [Fact]
    public void Read_PortIsTaken_ChoosesAnother()
    {
        using var owner = new TcpListener(IPAddress.Loopback, 0);
        owner.Start();
        var taken = ((IPEndPoint)owner.LocalEndpoint).Port;
        var settings = Read(new() { ["ASPNETCORE_URLS"] = $"http://localhost:{taken}" });
        Assert.NotEqual(taken, settings.FrontendPort);
    }

    [Fact]
    public void Read_Twice_GivesOtherTokensAndPortsThatDiffer()
    {
        var (one, two) = (Read([]), Read([]));
        Assert.Equal(6, new HashSet<string>([.. one.Secrets, .. two.Secrets]).Count);
        Assert.All(one.Secrets, token => Assert.Matches("^[0-9a-f]{32}$", token));
        Assert.Equal(4, new HashSet<int>([one.FrontendPort, one.OtlpGrpcPort, one.OtlpHttpPort, one.ResourceServicePort]).Count);
    }

    [Fact]
    public void Telemetry_ThereIsADashboard_NamesTheInstanceAsItsResourceIsNamed()
    {
        var settings = Read(new() { ["ASPIRE_DASHBOARD_PATH"] = SomeFile });
        var environment = new Dictionary<string, object> { ["OTEL_BSP_SCHEDULE_DELAY"] = "7" };
        new DashboardTelemetry(settings).AddTo(environment, "orders", "abcdefgh");
        Assert.Equal(settings.OtlpGrpcUrl, environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal($"x-otlp-api-key={settings.OtlpKey}", environment["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal(("orders", "service.instance.id=abcdefgh"), (environment["OTEL_SERVICE_NAME"], environment["OTEL_RESOURCE_ATTRIBUTES"]));
        Assert.Equal("7", environment["OTEL_BSP_SCHEDULE_DELAY"]);
    }

    [Fact]
    public void Telemetry_ThereIsNone_AddsNothing()
    {
        var environment = new Dictionary<string, object>();
        new DashboardTelemetry(Read(new() { ["Dashboard:Enabled"] = "false" })).AddTo(environment, "orders", "abcdefgh");
        Assert.Empty(environment);
    }

    private static DashboardSettings Read(Dictionary<string, string?> values) => Read(values, SomeFile);

    private static DashboardSettings Read(Dictionary<string, string?> values, string? guard) =>
        DashboardSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), guard, Path.GetTempPath());
}
