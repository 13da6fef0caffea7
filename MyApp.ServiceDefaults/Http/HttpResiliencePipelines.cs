using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace MyApp.ServiceDefaults.Http;

/// <summary>One pipeline an authority: a server that fails opens its own breaker and nobody else's.</summary>
internal sealed class HttpResiliencePipelines(
    IOptions<HttpResilienceOptions> options, TimeProvider clock, ILoggerFactory loggers)
{
    public static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("request");

    // Addresses may come from users (webhooks), so their number must not decide how much memory is kept.
    private const int MaximumAuthorities = 512;
    private const string Shared = "*";

    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>> pipelines = new(StringComparer.OrdinalIgnoreCase);

    public ResiliencePipeline<HttpResponseMessage> For(Uri? uri)
    {
        var authority = uri is { IsAbsoluteUri: true } ? uri.GetLeftPart(UriPartial.Authority) : Shared;
        if (pipelines.TryGetValue(authority, out var pipeline))
            return pipeline;
        return pipelines.GetOrAdd(pipelines.Count < MaximumAuthorities ? authority : Shared, Build);
    }

    private ResiliencePipeline<HttpResponseMessage> Build(string authority)
    {
        var wanted = options.Value;
        return new ResiliencePipelineBuilder<HttpResponseMessage> { Name = "http", InstanceName = authority, TimeProvider = clock }
            .ConfigureTelemetry(loggers)
            .AddTimeout(new TimeoutStrategyOptions { Name = "total-timeout", Timeout = wanted.TotalTimeout })
            .AddRetry(Retry(wanted))
            .AddCircuitBreaker(Breaker(wanted))
            .AddTimeout(new TimeoutStrategyOptions { Name = "attempt-timeout", Timeout = wanted.AttemptTimeout })
            .Build();
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry(HttpResilienceOptions wanted) => new()
    {
        MaxRetryAttempts = wanted.Retries,
        Delay = wanted.RetryDelay,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = args => ValueTask.FromResult(
            args.Context.Properties.TryGetValue(Request, out var request) && request.MayBeRepeated() && IsTransient(args.Outcome)),
        DelayGenerator = args => ValueTask.FromResult(args.Outcome.Result?.Headers.RetryAfter?.Delta),
    };

    private static CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker(HttpResilienceOptions wanted) => new()
    {
        FailureRatio = wanted.BreakerFailureRatio,
        MinimumThroughput = wanted.BreakerMinimumRequests,
        SamplingDuration = wanted.BreakerWindow,
        BreakDuration = wanted.BreakerPause,
        ShouldHandle = args => ValueTask.FromResult(IsTransient(args.Outcome)),
    };

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Result.StatusCode: >= HttpStatusCode.InternalServerError } => true,
        _ => false,
    };
}
