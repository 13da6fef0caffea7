namespace MyApp.Guard.Probing;

/// <summary>One answer to a question. <see cref="Text"/> is for a person, e.g. <c>GET /health/ready: 503 Service Unavailable</c>.</summary>
internal sealed record ProbeAnswer(bool Passed, string Text)
{
    /// <summary>From the question to the answer.</summary>
    public TimeSpan Took { get; init; }
}
