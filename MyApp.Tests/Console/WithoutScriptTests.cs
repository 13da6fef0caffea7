using Microsoft.Playwright;
using MyApp.Supervision.Control;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

/// <summary>In a browser that runs no script.</summary>
public sealed class WithoutScriptTests(ChromiumFixture chromium, PostgresFixture postgres)
{
    private const string Service = "/services/orders?environment=dev";

    [Fact]
    public async Task Console_WithoutScript_ShowsServicesAndLeadsToTheirPages()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, "/");
        var page = opened.Page;
        Assert.Contains("2 / 2", await page.InnerTextAsync("#services"));
        Assert.Equal("PostgreSQL ok Redis degraded Guard ok", string.Join(' ', (await page.InnerTextAsync("#parts")).Split()));
        await page.ClickAsync("#services a >> text=orders");
        Assert.Equal("orders dev", await page.InnerTextAsync("h1"));
        Assert.Contains("GET /orders/29 200", await page.InnerTextAsync("#log-lines"));
        await page.ClickAsync("#rollout-title a");
        Assert.Contains("building", await page.InnerTextAsync(".steps"));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Stop_WithoutScript_AsksFirstThenStopsAndSaysSo()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        var page = opened.Page;
        await page.ClickAsync("#stop summary");
        Assert.Empty(console.Guard.Asked);
        await page.ClickAsync("#stop button");
        Assert.Equal("Stopped.", await page.InnerTextAsync("#notice"));
        Assert.Equal(["stop orders dev"], console.Guard.Asked);
        Assert.Contains("stopped", await page.InnerTextAsync("#head .state"));
        await page.ClickAsync("#start");
        Assert.Equal("Started.", await page.InnerTextAsync("#notice"));
        Assert.Contains("ready", await page.InnerTextAsync("#head .state"));
        await page.ReloadAsync();
        Assert.Equal(["stop orders dev", "start orders dev"], console.Guard.Asked);
    }

    [Fact]
    public async Task Restart_RefusedByTheGuard_ShowsTheReasonOnThePage()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        console.Guard.Refusal = new GuardFault("port-taken", "port 8080 is held by nginx (pid 812)");
        await using var opened = await OpenAsync(console, Service);
        await opened.Page.ClickAsync("#restart");
        Assert.Contains("port 8080 is held by nginx (pid 812)", await opened.Page.InnerTextAsync("#notice"));
        Assert.Equal("orders dev", await opened.Page.InnerTextAsync("h1"));
    }

    [Fact]
    public async Task RollBack_ToARelease_LeadsToItsRollout()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        var page = opened.Page;
        var another = await page.Context.NewPageAsync();
        await console.OpenAsync(another, Service);
        await page.ClickAsync("#rollback-orders-dev-1 summary");
        await page.ClickAsync("#rollback-orders-dev-1 button");
        Assert.Contains("/rollouts/", page.Url);
        Assert.Equal("The rollback has begun.", await page.InnerTextAsync("#notice"));
        Assert.Contains("orders-dev-1", await page.InnerTextAsync(".facts"));

        // The page shown before still offers one.
        await another.ClickAsync("#rollback summary");
        await another.ClickAsync("#rollback button");
        Assert.Contains("Another rollout of orders is under way.", await another.InnerTextAsync("#notice"));
        Assert.Contains("console (rollout", await another.InnerTextAsync("#notice"));
    }

    [Fact]
    public async Task Cancel_OfARollout_ShowsItCancelled()
    {
        await using var console = await ConsoleHost.StartAsync(postgres, MyApp.Deployment.Rollouts.RolloutState.Building);
        await using var opened = await OpenAsync(console, ConsoleHost.RolloutPath);
        await opened.Page.ClickAsync("#cancel summary");
        await opened.Page.ClickAsync("#cancel button");
        Assert.Contains("cancelled", await opened.Page.InnerTextAsync(".facts"));
        Assert.Contains("Cancelled.", await opened.Page.InnerTextAsync("#notice"));
    }

    private async Task<BrowserPage> OpenAsync(ConsoleHost console, string path)
    {
        var opened = await chromium.OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        await console.OpenAsync(opened.Page, path);
        return opened;
    }
}
