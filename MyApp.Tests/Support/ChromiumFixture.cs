using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(MyApp.Tests.Support.ChromiumFixture))]

namespace MyApp.Tests.Support;

/// <summary>
/// One headless Chromium for the whole test run, started by the first test that opens a page. A test class takes it as a constructor
/// parameter. Where there is no Chromium on the machine, opening a page skips the test by name.
/// </summary>
public sealed class ChromiumFixture : IAsyncDisposable
{
    // Milliseconds: only a failure takes that long, and a busy machine may take half of it.
    private const float Patience = 20_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly SemaphoreSlim gate = new(1, 1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    public static string? Executable { get; } = Find();

    /// <summary>A page in a context of its own (no shared cookies or cache), which keeps what the browser complained about.</summary>
    public async Task<BrowserPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipUnless(Executable is not null, "needs Chromium on PATH");
        var context = await (await StartAsync()).NewContextAsync(options ?? new BrowserNewContextOptions());
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return new BrowserPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        gate.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        await gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            return browser ??= await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Args =
                [
                    // Chromium's sandbox refuses to run as root, and containers often lack user namespaces.
                    "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                    "--disable-domain-reliability", "--no-first-run", "--no-proxy-server",
                ],
            });
        }
        finally
        {
            gate.Release();
        }
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
