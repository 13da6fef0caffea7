using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using MyApp.Tests.ServiceDefaults;
using MyApp.Tests.Support;
using OpenTelemetry;

namespace MyApp.Tests.Hosting.Dashboard;

/// <summary>The official dashboard, as a person sees it in a browser, in front of our engine.</summary>
public sealed class OfficialDashboardTests(DashboardFixture dashboard, ChromiumFixture chromium) : IClassFixture<DashboardFixture>
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    [Fact]
    public async Task Dashboard_WithoutToken_AsksForIt()
    {
        DashboardFixture.SkipWhereMissing();
        await using var opened = await chromium.OpenAsync();
        await opened.Page.GotoAsync(new Uri(dashboard.LoginUrl, "/").ToString());
        await Assertions.Expect(opened.Page).ToHaveURLAsync(new Regex("/login"));
    }

    [Fact]
    public async Task Resources_Running_AreShownWithStateAndHealth()
    {
        DashboardFixture.SkipWhereMissing();
        await using var opened = await LoginAsync();
        await Assertions.Expect(Row(opened.Page, "ticker").GetByText("Running").First).ToBeVisibleAsync(Soon);
        await Assertions.Expect(Row(opened.Page, "follower").GetByText("Running").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "resources");

        await opened.Page.GotoAsync(Address($"/?resource={await IdOfAsync("ticker")}"));
        await Assertions.Expect(opened.Page.GetByText("it ticks").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "details");
    }

    [Fact]
    public async Task Environment_HoldsASecret_ShowsEverythingButTheSecret()
    {
        DashboardFixture.SkipWhereMissing();
        await using var opened = await LoginAsync();
        await opened.Page.GotoAsync(Address($"/?resource={await IdOfAsync("ticker")}"));
        await Assertions.Expect(opened.Page.GetByText("GREETING").First).ToBeVisibleAsync(Soon);
        await Assertions.Expect(await ShownAsync(opened.Page, "GREETING")).ToContainTextAsync("good morning");
        await Assertions.Expect(await ShownAsync(opened.Page, "UPSTREAM")).ToContainTextAsync("●●●●●●");
        await ScreenshotAsync(opened.Page, "environment");
        Assert.DoesNotContain(DashboardFixture.Secret, await opened.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConsoleLogs_OfAResource_ComeInWithoutItsSecret()
    {
        DashboardFixture.SkipWhereMissing();
        await using var opened = await LoginAsync();
        await opened.Page.GotoAsync(Address("/consolelogs/resource/ticker"));
        await Assertions.Expect(opened.Page.GetByText(new Regex(@"tick \d+, good morning")).First).ToBeVisibleAsync(Soon);
        await Assertions.Expect(opened.Page.GetByText("knows ●●●●●●").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "console");
        Assert.DoesNotContain(DashboardFixture.Secret, await opened.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_StopStartRestart_DoWhatTheySay()
    {
        DashboardFixture.SkipWhereMissing();
        await using var opened = await LoginAsync();
        var row = Row(opened.Page, "follower");
        await Assertions.Expect(row.GetByText("Running").First).ToBeVisibleAsync(Soon);
        var first = await StartedAsync();

        await row.GetByTitle("Stop").First.ClickAsync();
        await Assertions.Expect(row.GetByText(new Regex("Exited|Finished")).First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "stopped");
        await row.GetByTitle("Start").First.ClickAsync();
        await Assertions.Expect(row.GetByText("Running").First).ToBeVisibleAsync(Soon);
        var (second, began) = (await StartedAsync(), TimeProvider.System.GetTimestamp());
        Assert.True(second > first, $"started at {second:O}, before at {first:O}");

        // An item that was disabled a moment ago may stay deaf in the dashboard's menu, until the page is loaded anew.
        await ChooseAsync(row, "Restart");
        while (!await HasStartedAfterAsync(second, TimeSpan.FromSeconds(10)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "the resource has not started once more");
            await opened.Page.ReloadAsync();
            await ChooseAsync(row, "Restart");
        }
    }

    [Fact]
    public async Task Telemetry_OfAService_IsShownUnderItsResource()
    {
        DashboardFixture.SkipWhereMissing();
        var id = await IdOfAsync("ticker");
        var settings = dashboard.TelemetryOf("ticker", id["ticker-".Length..]).ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        await using var service = await DefaultsApp.StartAsync(
            map: app => app.MapGet("/orders/{id}", (string id, ILogger<OfficialDashboardTests> log) =>
            {
                log.LogWarning("Order {Id} was asked for", id);
                return id;
            }),
            settings: settings);
        // Client and service are one process here; without the client's span the service's is the root, and names the trace.
        using (SuppressInstrumentationScope.Begin())
            await service.Client.GetStringAsync("/orders/4711", Ct);

        await using var opened = await LoginAsync();
        await opened.Page.GotoAsync(Address("/structuredlogs/resource/ticker"));
        await Assertions.Expect(opened.Page.GetByText("Order 4711 was asked for").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "logs");
        await opened.Page.GotoAsync(Address("/traces/resource/ticker"));
        await Assertions.Expect(opened.Page.GetByText("GET /orders/{id}").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "traces");
        await opened.Page.GotoAsync(Address("/metrics/resource/ticker"));
        await Assertions.Expect(opened.Page.GetByText("http.server.request.duration").First).ToBeVisibleAsync(Soon);
        await ScreenshotAsync(opened.Page, "metrics");
    }

    private async Task<BrowserPage> LoginAsync()
    {
        var opened = await chromium.OpenAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1600, Height = 900 } });
        await opened.Page.GotoAsync(dashboard.LoginUrl.ToString());
        await Assertions.Expect(Row(opened.Page, "ticker")).ToBeVisibleAsync(Soon);
        return opened;
    }

    /// <summary>The row of a variable, its value no longer hidden.</summary>
    private static async Task<ILocator> ShownAsync(IPage page, string variable)
    {
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasTextRegex = new Regex($@"^\s*{variable}") }).First;
        await row.GetByTitle(new Regex("^Show value")).First.ClickAsync();
        await Assertions.Expect(row.GetByTitle(new Regex("^Hide value")).First).ToBeVisibleAsync(Soon);
        return row;
    }

    private string Address(string path) => new Uri(dashboard.LoginUrl, path).ToString();

    private static ILocator Row(IPage page, string resource) => page.GetByRole(AriaRole.Row).Filter(new() { HasText = resource }).First;

    private async Task<string> IdOfAsync(string resource) => (await CurrentAsync(resource)).ResourceId;

    private async Task<DateTime?> StartedAsync() => (await CurrentAsync("follower")).Snapshot.StartTimeStamp;

    private Task<ResourceEvent> CurrentAsync(string resource) => dashboard.Resources.WaitForResourceAsync(resource, _ => true, Ct);

    // Kept only for whoever asks, to look at.
    private static async Task ChooseAsync(ILocator row, string name)
    {
        await row.GetByRole(AriaRole.Button).Last.ClickAsync();
        await row.Page.GetByRole(AriaRole.Menuitem, new() { Name = name }).First.ClickAsync();
    }

    private async Task<bool> HasStartedAfterAsync(DateTime? before, TimeSpan patience)
    {
        for (var begin = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begin) < patience;)
        {
            if (await StartedAsync() > before)
                return true;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        return false;
    }

    private static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("MYAPP_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"dashboard-{name}.png") });
    }
}
