namespace MyApp.Deployment.Builds;

/// <summary>Exactly one of <see cref="Artifact"/> and <see cref="Failure"/> is set.</summary>
public sealed record BuildResult
{
    /// <summary>E.g. <c>linux/amd64</c>.</summary>
    public required string Platform { get; init; }

    public Artifact? Artifact { get; init; }

    /// <summary>For a person; a compiler's output is in it as it was printed.</summary>
    public string? Failure { get; init; }

    /// <summary>The same inputs had been built before.</summary>
    public bool FromCache { get; init; }

    public IReadOnlyList<BuildNote> Steps { get; init; } = [];
}
