using Microsoft.Playwright;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

/// <summary>
/// Makes the README's pictures, only when asked: <c>MYAPP_SCREENSHOTS=docs/images dotnet test MyApp.Tests --filter Screenshots</c>.
/// With <c>MYAPP_API</c> they are of the control plane at that address, and its service orders, instead of a made-up one.
/// </summary>
public sealed class Screenshots(ChromiumFixture chromium, PostgresFixture postgres)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("MYAPP_SCREENSHOTS");
    private static readonly string? Running = Environment.GetEnvironmentVariable("MYAPP_API");

    [Theory]
    [InlineData("console", ColorScheme.Light, 1280, 1000)]
    [InlineData("console-dark", ColorScheme.Dark, 1280, 1000)]
    [InlineData("console-phone", ColorScheme.Light, 390, 844)]
    public async Task Pictures_OfTheConsole_AreWritten(string name, ColorScheme scheme, int width, int height)
    {
        Assert.SkipUnless(Folder is { Length: > 0 }, "only writes pictures, where MYAPP_SCREENSHOTS says");
        await using var console = Running is null ? await ConsoleHost.StartAsync(postgres) : null;
        await using var opened = await chromium.OpenAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height }, DeviceScaleFactor = 1.5f, ReducedMotion = ReducedMotion.Reduce,
        });
        foreach (var (page, path) in new[] { ("-services", "/"), ("", "/services/orders?environment=dev") })
        {
            await opened.Page.GotoAsync(new Uri(console?.Address ?? new Uri(Running!), path).ToString());
            await Assertions.Expect(opened.Page.Locator("#link-word")).ToHaveTextAsync("live");
            if (page.Length == 0)
                await Assertions.Expect(opened.Page.Locator("#log-word")).ToHaveTextAsync("live");
            var shot = await opened.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}{page}.png") });
            Assert.True(shot.Length > 20_000);
        }
    }
}
