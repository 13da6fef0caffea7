namespace MyApp.ServiceDefaults.Http;

/// <summary>What each outgoing request is wrapped in, from the outside in: total timeout, retries, breaker, attempt timeout.</summary>
internal sealed class HttpResilienceOptions
{
    /// <summary>For the whole call with its retries and pauses.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after the first, of idempotent requests only.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>Before the first retry; doubles with each, with jitter. A Retry-After of the server wins.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The breaker opens when at least this share of a window's requests failed…</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>…and the window had at least this many.</summary>
    public int BreakerMinimumRequests { get; set; } = 20;

    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open breaker refuses before it lets one request through to try.</summary>
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(5);
}
