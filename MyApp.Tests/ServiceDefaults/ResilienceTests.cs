using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MyApp.ServiceDefaults.Http;
using MyApp.Tests.Support;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace MyApp.Tests.ServiceDefaults;

public sealed class ResilienceTests
{
    private readonly FakeClock clock = new();
    private readonly HttpResilienceOptions options = new();

    [Fact]
    public async Task Get_ServerFailsTwice_IsRetriedUntilItAnswers()
    {
        var server = new Server(503, 502, 200);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Get)).StatusCode);
        Assert.Equal(3, server.Calls);
    }

    [Fact]
    public async Task Get_ServerKeepsFailing_GivesTheLastAnswer()
    {
        var server = new Server(500);
        Assert.Equal(HttpStatusCode.InternalServerError, (await SendAsync(server, HttpMethod.Get)).StatusCode);
        Assert.Equal(4, server.Calls);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task NotIdempotent_ServerFails_IsNeverRepeated(string method)
    {
        var server = new Server(503, 200);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(server, new HttpMethod(method))).StatusCode);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Put_BodyIsAStream_IsNotRepeatedForItIsSpent()
    {
        var server = new Server(503, 200);
        using var body = new StreamContent(new MemoryStream([1, 2, 3]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(server, HttpMethod.Put, body)).StatusCode);
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    public async Task Get_ClientsFault_IsNotRetried(int status)
    {
        var server = new Server(status);
        Assert.Equal(status, (int)(await SendAsync(server, HttpMethod.Get)).StatusCode);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Get_AttemptHangs_IsGivenUpAndRetried()
    {
        var server = new Server(Server.Hang, 200);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Get)).StatusCode);
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public async Task Get_EveryAttemptHangs_EndsAtTheTotalTimeout()
    {
        var start = clock.GetUtcNow();
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => SendAsync(new Server(Server.Hang), HttpMethod.Get));
        Assert.InRange(clock.GetUtcNow() - start, options.TotalTimeout, options.TotalTimeout + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Get_ServerNamesAPause_WaitsThatLong()
    {
        var server = new Server(503, 200) { RetryAfter = TimeSpan.FromSeconds(7) };
        var start = clock.GetUtcNow();
        await SendAsync(server, HttpMethod.Get);
        Assert.InRange(clock.GetUtcNow() - start, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Breaker_HalfOfManyFail_OpensThenLetsOneTry()
    {
        var pipelines = Pipelines();
        var server = new Server(500);
        for (var i = 0; i < options.BreakerMinimumRequests; i++)
            await SendAsync(server, HttpMethod.Post, pipelines: pipelines);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => SendAsync(server, HttpMethod.Post, pipelines: pipelines));
        Assert.Equal(options.BreakerMinimumRequests, server.Calls);

        clock.Advance(options.BreakerPause + TimeSpan.FromMilliseconds(1));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(new Server(200), HttpMethod.Post, pipelines: pipelines)).StatusCode);
    }

    [Fact]
    public async Task Breaker_OpenForOneServer_LeavesAnotherAlone()
    {
        var pipelines = Pipelines();
        for (var i = 0; i < options.BreakerMinimumRequests; i++)
            await SendAsync(new Server(500), HttpMethod.Post, pipelines: pipelines);
        var other = await SendAsync(new Server(200), HttpMethod.Post, pipelines: pipelines, address: "http://other/");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    private HttpResiliencePipelines Pipelines() => new(Options.Create(options), clock, NullLoggerFactory.Instance);

    private async Task<HttpResponseMessage> SendAsync(
        Server server, HttpMethod method, HttpContent? body = null, HttpResiliencePipelines? pipelines = null, string address = "http://server/")
    {
        using var invoker = new HttpMessageInvoker(new ResilienceHandler(pipelines ?? Pipelines()) { InnerHandler = server });
        using var request = new HttpRequestMessage(method, address) { Content = body };
        var sending = invoker.SendAsync(request, TestContext.Current.CancellationToken);
        // Time passes only while the call waits for it: in steps small enough to tell when it went on.
        while (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System)) != sending)
            clock.Advance(TimeSpan.FromMilliseconds(250));
        return await sending;
    }

    /// <summary>Answers with each status in turn, and with the last one for ever.</summary>
    private sealed class Server(params int[] answers) : HttpMessageHandler
    {
        public const int Hang = 0;

        public int Calls { get; private set; }

        public TimeSpan? RetryAfter { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = answers[Math.Min(Calls++, answers.Length - 1)];
            if (answer == Hang)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            var response = new HttpResponseMessage((HttpStatusCode)answer);
            if (RetryAfter is { } pause)
                response.Headers.RetryAfter = new(pause);
            return response;
        }
    }
}
