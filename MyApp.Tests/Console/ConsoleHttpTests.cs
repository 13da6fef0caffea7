using System.Net;
using System.Text.RegularExpressions;
using MyApp.Tests.Api;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

public sealed partial class ConsoleHttpTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("/nowhere", "There is no page at this address.")]
    [InlineData("/services/unknown?environment=dev", "There is no service unknown in dev.")]
    [InlineData("/services/%3Cscript%3E?environment=%3Cb%3E", "There is no service &lt;script&gt; in &lt;b&gt;.")]
    [InlineData("/rollouts/0198a2f0-0000-7000-8000-0000000000ff", "There is no such rollout.")]
    public async Task Get_OfWhatIsNotThere_IsAPage(string path, string text)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_OfAnUnknownApiAddress_StaysAProblem()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var answer = await client.GetAsync(new Uri("/api/v1/nowhere", UriKind.Relative), TestContext.Current.CancellationToken);
        await answer.ProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Post_WithoutTheFormsToken_DoesNothing()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        using var client = new HttpClient { BaseAddress = console.Address };
        using var form = new FormUrlEncodedContent([new("environment", "dev")]);
        using var answer = await client.PostAsync(new Uri("/services/orders/stop", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Nothing was done.", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(console.Guard.Asked);
    }

    [Fact]
    public async Task Post_FromAnotherSite_DoesNothing()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        using var client = new HttpClient { BaseAddress = console.Address };
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        using var form = new FormUrlEncodedContent([new("environment", "dev")]);
        using var answer = await client.PostAsync(new Uri("/services/orders/stop", UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(console.Guard.Asked);
    }

    [Fact]
    public async Task Get_OfAnAsset_IsCompressedAndKeptForEver()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var paths = AssetPath().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(3, paths.Count);
        foreach (var (path, encoding) in paths.SelectMany(p => new[] { (p, "br"), (p, "gzip"), (p, null) }))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            if (encoding is not null)
                request.Headers.AcceptEncoding.ParseAdd(encoding);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString());
            Assert.Equal(TimeSpan.FromDays(365), answer.Headers.CacheControl.MaxAge);
        }

        using var old = await client.GetAsync(new Uri("/console/console.0000000000000000.js", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    [Fact]
    public async Task Get_WhilePostgresIsAway_IsAPageThatSaysSo()
    {
        Assert.SkipUnless(PostgresServer.Missing is null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        await using var api = new ApiHost(await server.CreateDatabaseAsync("console"));
        using var client = await api.ReadyClientAsync();
        await server.KillAsync();
        using var away = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Contains("PostgreSQL is away", await away.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await server.RunAsync();
        await Asking.UntilAsync("the page is back", async () =>
        {
            using var back = await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
            return back.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Get_WhileTheGuardIsAway_StillShowsTheRecord()
    {
        await using var console = await ConsoleHost.StartAsync(postgres);
        await console.Guard.DisposeAsync();
        using var client = new HttpClient { BaseAddress = console.Address };
        var page = await client.GetStringAsync(new Uri("/services/orders?environment=dev", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("orders-dev-1", page);
        Assert.Contains("The log can&#x27;t be read", page);
        Assert.Contains("""<span class="word">away</span>""", page);
        Assert.Contains("Guard: no guard answers at ", page);
    }

    [GeneratedRegex("(?:href|src)=\"(/console/[^\"]+)\"")]
    private static partial Regex AssetPath();
}
