using System.Net;
using System.Text.Json;
using MyApp.Tests.Support;

namespace MyApp.Tests.Api;

public sealed class AccessTests(PostgresFixture postgres)
{
    [Theory(Timeout = 180_000)]
    [InlineData("localhost:5180", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:5180", HttpStatusCode.OK)]
    [InlineData("api.localhost", HttpStatusCode.OK)]
    [InlineData("myapp.example", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("169.254.169.254", HttpStatusCode.BadRequest)]
    public async Task Request_UnderANameNotOurs_IsRefused(string host, HttpStatusCode expected)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync(), more: ("Api:AllowedHosts:0", "myapp.example"));
        using var client = await api.ReadyClientAsync();
        client.DefaultRequestHeaders.Host = host;
        using var answer = await client.GetAsync(new Uri("/api/v1/services", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        if (expected != HttpStatusCode.OK)
            await answer.ProblemAsync(expected, "host-refused");
    }

    [Theory(Timeout = 180_000)]
    [InlineData("Sec-Fetch-Site", "cross-site", true)]
    [InlineData("Sec-Fetch-Site", "same-site", true)]
    [InlineData("Sec-Fetch-Site", "same-origin", false)]
    [InlineData("Sec-Fetch-Site", "none", false)]
    [InlineData("Origin", "https://evil.example", true)]
    [InlineData("Origin", "null", true)]
    [InlineData("Origin", "http://localhost:1", true)]
    [InlineData("Origin", "http://localhost", false)]
    [InlineData("X-Nothing", "no browser", false)]
    public async Task Change_FromAPageOfAnotherOrigin_IsRefused(string header, string value, bool refused)
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        client.DefaultRequestHeaders.Add(header, value);
        var path = new Uri($"/api/v1/rollouts/{Guid.NewGuid()}/cancel", UriKind.Relative);
        using var answer = await client.PostAsync(path, null, TestContext.Current.CancellationToken);
        await answer.ProblemAsync(refused ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound, refused ? "cross-origin" : "not-found");
        // Reading is what the host check is for; other origins can't read our answers anyway.
        using var read = await client.GetAsync(new Uri("/api/v1/services", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact(Timeout = 180_000)]
    public async Task Answers_OfEveryKind_CarryTheSecurityHeadersAndAProblemType()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        foreach (var (path, status, slug) in new[] { ("/api/v1/nothing", 404, "not-found"), ("/api/v1/rollouts?limit=x", 400, "invalid-request"), ("/api/v1/rollouts?limit=0", 400, "invalid-request") })
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            await answer.ProblemAsync((HttpStatusCode)status, slug);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task OpenApi_DescribesEveryEndpointWithItsAnswers()
    {
        await using var api = new ApiHost(await postgres.NewDatabaseAsync());
        using var client = await api.ReadyClientAsync();
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken));
        var operations = document.RootElement.GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith("/api/v1/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(o => ($"{o.Name} {p.Name}", o.Value))).ToList();
        Assert.Equal(36, operations.Count);
        foreach (var (name, operation) in operations)
        {
            Assert.True(operation.TryGetProperty("summary", out _), $"{name} has no summary");
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            Assert.True(responses.Any(r => r.Name[0] == '2'), $"{name} does not say what success looks like");
            Assert.True(responses.Any(r => r.Name == "503"), $"{name} does not say that PostgreSQL may be away");
            Assert.All(responses, r => Assert.NotEmpty(r.Value.GetProperty("description").GetString()!));
        }
    }
}
