using Microsoft.Playwright;

namespace MyApp.Tests.Support;

public sealed class ChromiumFixtureTests(ChromiumFixture chromium)
{
    [Fact]
    public async Task Page_WithAScriptError_KeepsTheComplaint()
    {
        await using var opened = await chromium.OpenAsync();
        await opened.Page.GotoAsync("data:text/html,<title>x</title><script>nowhere()</script>");
        Assert.Equal("x", await opened.Page.TitleAsync());
        Assert.Contains(opened.Complaints, c => c.Contains("nowhere is not defined"));
    }

    [Fact]
    public async Task Page_WithScriptOff_RunsNone()
    {
        await using var opened = await chromium.OpenAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        await opened.Page.GotoAsync("data:text/html,<title>x</title><script>document.title='y'</script>");
        Assert.Equal("x", await opened.Page.TitleAsync());
    }
}
