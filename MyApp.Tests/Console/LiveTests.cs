using System.Net;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Control;
using MyApp.Tests.Api;
using MyApp.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace MyApp.Tests.Console;

/// <summary>In a browser with script: the page follows what happens, without a reload.</summary>
public sealed class LiveTests(ChromiumFixture chromium, PostgresFixture postgres)
{
    private const string Service = "/services/orders?environment=dev";

    [Fact]
    public async Task Page_WhenAnInstanceChanges_ShowsItWithoutAReload()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, "/");
        await Expect(opened.Page.Locator("#services")).ToContainTextAsync("2 / 2");
        console.Show(InstanceState.CrashLoop, restarts: 5);
        await Expect(opened.Page.Locator("#services")).ToContainTextAsync("crash loop");
        await Expect(opened.Page.Locator("#services")).ToContainTextAsync("0 / 2");
        await StayedAsync(opened);
    }

    [Fact]
    public async Task Page_WhenARolloutGoesOn_ShowsItsNextStep()
    {
        await using var console = await ConsoleHost.StartAsync(postgres, RolloutState.Building);
        await using var opened = await chromium.OpenAsync();
        // Without its timers the page hears of it by the event alone.
        await opened.Page.AddInitScriptAsync("window.setInterval = () => 0; window.sinceLoad = true");
        await console.OpenAsync(opened.Page, ConsoleHost.RolloutPath);
        await Expect(opened.Page.Locator("#link-word")).ToHaveTextAsync("live");
        await Expect(opened.Page.Locator(".step.running .name")).ToHaveTextAsync("building");
        await console.AdvanceAsync(RolloutState.Verifying, "startup: GET /health/ready: 503");
        await Expect(opened.Page.Locator(".step.running .name")).ToHaveTextAsync("verifying");
        await Expect(opened.Page.Locator(".step.running .notes")).ToHaveTextAsync("startup: GET /health/ready: 503");
        await StayedAsync(opened);
    }

    [Fact]
    public async Task Page_UpdatedWhileAQuestionIsOpen_KeepsItAndTheFocus()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        var page = opened.Page;
        await page.ClickAsync("#stop summary");
        await page.FocusAsync("#stop button");
        console.Show(InstanceState.Ready, restarts: 7);
        await Expect(page.Locator("#instances tbody").First.Locator("[data-label=Restarts]")).ToHaveTextAsync("7");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.textContent === 'Stop orders'"));
        await Expect(page.Locator("#stop button")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#stop button")).ToBeHiddenAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.matches('#stop summary')"));
    }

    [Fact]
    public async Task Log_WhenALineIsWritten_FollowsIt()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        var lines = opened.Page.Locator("#log-lines p");
        await Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("live");
        await Expect(lines).ToHaveCountAsync(30);
        console.Say("</span><img src=x onerror=document.title='hit'><script>document.title='hit'</script>", "error");
        await Expect(lines).ToHaveCountAsync(31);
        await Expect(lines.Last).ToContainTextAsync("</span><img src=x");
        Assert.Equal(0, await opened.Page.Locator("#log-lines img, #log-lines script").CountAsync());
        Assert.True(await opened.Page.EvaluateAsync<bool>("(l => l.scrollHeight - l.scrollTop - l.clientHeight < 2)(document.getElementById('log-lines'))"));
        await StayedAsync(opened);
    }

    [Fact]
    public async Task Log_Paused_StandsStillAndCatchesUp()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        var lines = opened.Page.Locator("#log-lines p");
        await Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("live");
        await opened.Page.ClickAsync("#log-pause");
        console.Say("one");
        console.Say("two");
        await Expect(opened.Page.Locator("#log-pause")).ToHaveTextAsync("Follow, 2 new");
        await Expect(lines).ToHaveCountAsync(30);
        await opened.Page.ClickAsync("#log-pause");
        await Expect(lines).ToHaveCountAsync(32);
        await Expect(opened.Page.Locator("#log-pause")).ToHaveTextAsync("Pause");
    }

    [Fact]
    public async Task Log_OfOneStream_ShowsNoOther()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        console.Say("it broke", "error");
        await using var opened = await OpenAsync(console, Service);
        await opened.Page.ClickAsync(".streams >> text=error");
        await Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("live");
        console.Say("GET /late 200");
        console.Say("it broke again", "error");
        await Expect(opened.Page.Locator("#log-lines p")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Link_WhenTheControlPlaneRestarts_SaysSoAndComesBack()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await OpenAsync(console, Service);
        await Expect(opened.Page.Locator("#link-word")).ToHaveTextAsync("live");
        await console.StopAsync();
        await Expect(opened.Page.Locator("#link-word")).ToContainTextAsync("as of");
        await Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("reconnecting");
        console.Show(InstanceState.Starting);
        await console.StartAgainAsync();
        await Expect(opened.Page.Locator("#link-word")).ToHaveTextAsync("live");
        await Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("live");
        await Expect(opened.Page.Locator("#head .state")).ToHaveTextAsync("starting");
        await Expect(opened.Page.Locator("#log-lines p")).ToHaveCountAsync(30);
    }

    [Fact]
    public async Task Build_UnderWay_ShowsItsLinesAsTheyComeAndIsEndedByItsButton()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        using var client = new HttpClient { BaseAddress = console.Address };
        var source = await client.UploadScriptAsync("i=0; while true; do i=$((i+1)); echo line $i of it; sleep 0.2361; done");
        using var asked = await client.PostAsync("/api/v1/builds", new BuildOrder { Service = "orders", Source = source, RequestedBy = "ada@test" }, WireJson.Default.BuildOrder);
        var build = await asked.ReadAsync(HttpStatusCode.Accepted, WireJson.Default.BuildView);
        await using var opened = await OpenAsync(console, "/builds");
        var page = opened.Page;
        await page.ClickAsync("#builds a >> text=Build of orders");
        await page.EvaluateAsync("window.sinceLoad = true");

        await Expect(page.Locator("#log-word")).ToHaveTextAsync("live");
        await Expect(page.Locator("#log-lines")).ToContainTextAsync("line 2 of it");
        await Expect(page.Locator("#build .facts")).ToContainTextAsync("running");
        await Expect(page.Locator("#build tbody")).ToContainTextAsync("unpack");
        var shown = await page.Locator("#log-lines p").CountAsync();
        await Expect(page.Locator("#log-lines p").Nth(shown + 2)).ToContainTextAsync("of it");
        await StayedAsync(opened);

        await page.ClickAsync("#cancel summary");
        await page.ClickAsync("#cancel button");

        await Expect(page.Locator("#build .facts")).ToContainTextAsync("cancelled");
        await Expect(page.Locator("#log-word")).ToHaveTextAsync("ended");
        await Expect(page.Locator("#cancel")).ToHaveCountAsync(0);
        Assert.EndsWith($"/builds/{build.Id}", page.Url, StringComparison.Ordinal);
        Assert.Empty(opened.Complaints);
        Assert.False(BuildAsking.Sleeps("0.2361"));
    }

    private async Task<BrowserPage> OpenAsync(ConsoleHost console, string path)
    {
        var opened = await chromium.OpenAsync();
        await console.OpenAsync(opened.Page, path);
        await opened.Page.EvaluateAsync("window.sinceLoad = true");
        return opened;
    }

    private static async Task StayedAsync(BrowserPage opened)
    {
        Assert.True(await opened.Page.EvaluateAsync<bool>("window.sinceLoad === true"), "the page was loaded again");
        Assert.Empty(opened.Complaints);
    }
}
