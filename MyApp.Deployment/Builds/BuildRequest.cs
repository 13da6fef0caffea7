using MyApp.Deployment.Sources;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds;

/// <summary>What to build: one service of a source archive in the source store, for one platform.</summary>
public sealed record BuildRequest
{
    public required string Service { get; init; }

    /// <summary><c>sha256:…</c> of the source archive.</summary>
    public required string Source { get; init; }

    /// <summary>What the executable calls itself where nobody gave it a version.</summary>
    internal string SourceVersion => $"src-{Digests.Hex(Source)[..12]}";

    public required BuildSpec Build { get; init; }

    /// <summary>Default: this machine's.</summary>
    public string Platform { get; init; } = Platforms.Native;

    /// <summary>Where the source came from; null: not known. Told in the provenance, and no part of the cache's key.</summary>
    public VcsState? Vcs { get; init; }

    /// <summary>Neither an earlier build's artifact nor its compiled packages are used. Downloaded dependencies are.</summary>
    public bool Fresh { get; init; }

    /// <summary>Without slimming, to compare with.</summary>
    public bool Plain { get; init; }

    /// <summary>Processors it may use. Default: all.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Told each line that a compiler prints, as it comes; must not block. Null: nobody listens.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>The same service for each of its platforms; for this machine's where it names none.</summary>
    public IReadOnlyList<BuildRequest> ForEachPlatform() =>
        [.. (Build.Platforms.Count == 0 ? [Platforms.Native] : Build.Platforms).Select(platform => this with { Platform = platform })];
}
