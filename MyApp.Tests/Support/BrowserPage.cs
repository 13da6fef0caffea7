using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace MyApp.Tests.Support;

/// <summary>A page with its context, and every error its console showed: script errors, refused content (CSP), failed loads.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = new();

    internal BrowserPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => complaints.Enqueue($"script: {error}");
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => complaints;

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
