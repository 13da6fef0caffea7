namespace MyApp.Deployment.Sources;

/// <summary>What an archive may hold, whatever its compressed size.</summary>
public sealed record SourceLimits
{
    public int MaxEntries { get; init; } = 50_000;

    /// <summary>Bytes of the tar stream, headers included.</summary>
    public long MaxUnpackedBytes { get; init; } = 2L << 30;
}
