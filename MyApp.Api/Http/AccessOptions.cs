namespace MyApp.Api.Http;

/// <summary>Section <c>Api</c>.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Api";

    /// <summary>Host names answered beside those of loopback. Empty by default: a page elsewhere that makes its own name resolve to 127.0.0.1 gets nothing.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Answer callers that are not on loopback. Off by default: there are no accounts yet, so whoever connects may do everything.</summary>
    public bool AllowRemote { get; init; }
}
