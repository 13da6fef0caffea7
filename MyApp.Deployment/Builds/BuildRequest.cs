using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds;

/// <summary>What to build: one service of a source archive in the source store.</summary>
public sealed record BuildRequest
{
    public required string Service { get; init; }

    /// <summary><c>sha256:…</c> of the source archive.</summary>
    public required string Source { get; init; }

    public required BuildSpec Build { get; init; }

    /// <summary>After it the compiler is killed and the build has failed. Default: 15 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);
}
