namespace MyApp.Api.Sources;

/// <summary>Section <c>Api</c>.</summary>
internal sealed class SourceOptions
{
    /// <summary>Largest source archive taken, in bytes. 512 MiB unless set.</summary>
    public long MaxSourceBytes { get; set; } = 512L * 1024 * 1024;
}
