using Microsoft.Playwright;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

/// <summary>What everyone must be able to do: by keyboard, on a phone, with weak eyes, with a screen reader.</summary>
public sealed class AccessibilityTests(ChromiumFixture chromium, PostgresFixture postgres)
{
    private const string Service = "/services/orders?environment=dev";

    // WCAG 2.2, 1.4.3: of each text against the nearest opaque ground behind it.
    private const string WeakTexts = """
        () => {
          const rgb = text => text.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
          const texts = [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim()));
          return texts.map(e => {
            const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className + ': ' + e.textContent.trim().slice(0, 40)];
          }).filter(([contrast]) => contrast < 4.5).map(([contrast, name]) => contrast.toFixed(2) + ' ' + name).concat(texts.length > 20 ? [] : ['too few texts']);
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_InEitherScheme_StandsOutFromItsGround(ColorScheme scheme)
    {
        await using var console = await ConsoleHost.StartAsync(postgres, RolloutState.Building);
        console.Say("it broke", "error");
        await using var opened = await chromium.OpenAsync(new BrowserNewContextOptions { ColorScheme = scheme });
        foreach (var path in new[] { "/", "/environments", Service + "&done=stop", ConsoleHost.RolloutPath })
        {
            await console.OpenAsync(opened.Page, path);
            Assert.Empty(await opened.Page.EvaluateAsync<string[]>(WeakTexts));
        }
    }

    [Fact]
    public async Task Page_InLightAndInDark_LooksDifferentAndIsNotBlank()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        var shots = new List<byte[]>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var opened = await chromium.OpenAsync(new BrowserNewContextOptions { ColorScheme = scheme, JavaScriptEnabled = false });
            await console.OpenAsync(opened.Page, Service);
            shots.Add(await opened.Page.ScreenshotAsync());
            Assert.Equal(scheme == ColorScheme.Light ? "rgb(246, 247, 249)" : "rgb(15, 18, 22)", await GroundAsync(opened.Page));
        }

        // A blank page of this size packs into some 4 kB.
        Assert.All(shots, s => Assert.True(s.Length > 20_000, $"{s.Length} bytes"));
        Assert.NotEqual(shots[0], shots[1]);
    }

    [Theory]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1280)]
    public async Task Page_OfAnyWidth_NeedsNoScrollingSideways(int width)
    {
        await using var console = await ConsoleHost.StartAsync(postgres, RolloutState.Building);
        console.Say(new string('x', 400));
        await console.AdvanceAsync(RolloutState.Starting, "sha256:" + new string('f', 64) + "\n" + new string('y', 300));
        await using var opened = await chromium.OpenAsync(new BrowserNewContextOptions { ViewportSize = new() { Width = width, Height = 740 } });
        foreach (var path in new[] { "/", Service, ConsoleHost.RolloutPath, "/nowhere" })
        {
            await console.OpenAsync(opened.Page, path);
            foreach (var question in await opened.Page.Locator("details.ask summary").AllAsync())
                await question.ClickAsync();
            var excess = await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(excess <= 0, $"{path} is {excess} px too wide at {width}");
        }
    }

    [Fact]
    public async Task Command_ByKeyboardAlone_IsReachedAskedAndGiven()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await chromium.OpenAsync();
        var page = opened.Page;
        await console.OpenAsync(page, Service);
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await FocusedAsync(page));
        for (var presses = 0; await FocusedAsync(page) != "Stop" && presses < 20; presses++)
            await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Stop", await FocusedAsync(page));
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Stop orders", await FocusedAsync(page));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#notice")).ToHaveTextAsync("Stopped.");
        Assert.Equal(["stop orders dev"], console.Guard.Asked);
    }

    [Fact]
    public async Task Page_ForAScreenReader_HasOneTitleAndNamesForAll()
    {
        await using var console = await ConsoleHost.StartAsync(postgres, RolloutState.Building);
        await using var opened = await chromium.OpenAsync();
        foreach (var path in new[] { "/", Service, ConsoleHost.RolloutPath, "/nowhere" })
        {
            await console.OpenAsync(opened.Page, path);
            Assert.Equal(1, await opened.Page.Locator("h1").CountAsync());
            Assert.Equal("en", await opened.Page.GetAttributeAsync("html", "lang"));
            var levels = await opened.Page.EvaluateAsync<int[]>("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])");
            Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second - pair.First <= 1, $"{path}: h{pair.First} then h{pair.Second}"));
            Assert.Empty(await opened.Page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
                  .filter(e => !(e.getAttribute('aria-label') || e.textContent).trim()).map(e => e.outerHTML)
                """));
            Assert.Empty(await opened.Page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)
                """));
            Assert.Empty(await opened.Page.EvaluateAsync<string[]>("""
                [...document.querySelectorAll('[aria-labelledby]')].map(e => e.getAttribute('aria-labelledby')).filter(id => !document.getElementById(id))
                """));
        }
    }

    [Fact]
    public async Task State_WithoutColour_StillHasAWordAndAShape()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await using var opened = await chromium.OpenAsync();
        await console.OpenAsync(opened.Page, Service);
        foreach (var state in await opened.Page.Locator(".state").AllAsync())
        {
            Assert.NotEmpty((await state.InnerTextAsync()).Trim());
            Assert.Equal(1, await state.Locator("svg").CountAsync());
        }
    }

    private static Task<string> GroundAsync(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

    private static Task<string> FocusedAsync(IPage page) => page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
}
