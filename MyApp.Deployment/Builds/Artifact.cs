using MyApp.Deployment.Builds.Inspection;

namespace MyApp.Deployment.Builds;

/// <summary>A build's output: one executable file, and how it came to be.</summary>
public sealed record Artifact
{
    /// <summary><c>sha256:…</c> of the file; its name in the artifact store.</summary>
    public required string Digest { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Of the executable before it was slimmed; equal to <see cref="Bytes"/> where nothing was.</summary>
    public required long PlainBytes { get; init; }

    /// <summary>Name of the executable when it is placed.</summary>
    public required string FileName { get; init; }

    /// <summary>E.g. <c>linux/amd64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>It needs no loader and no shared library.</summary>
    public required bool Static { get; init; }

    /// <summary>UPX packed it.</summary>
    public bool Packed { get; init; }

    /// <summary>What its own headers say; null in what an earlier version built.</summary>
    public BinaryFile? Binary { get; init; }

    /// <summary><c>sha256:…</c> of its bill of materials, which lies beside it in the store.</summary>
    public string? Sbom { get; init; }

    /// <summary><c>sha256:…</c> of its signed provenance, which lies beside it in the store.</summary>
    public string? Provenance { get; init; }

    /// <summary>As <c>build.toolchain</c> names it.</summary>
    public required string Toolchain { get; init; }

    /// <summary>As the toolchain says it, e.g. <c>go1.19.8</c>.</summary>
    public required string ToolchainVersion { get; init; }

    /// <summary>How dependencies were found or what kind of build it is, for a person.</summary>
    public required string Mode { get; init; }

    /// <summary><c>sha256:…</c> of the source archive.</summary>
    public required string Source { get; init; }
}
