using System.Text.Json.Serialization;

namespace MyApp.Deployment.Builds.Trust;

internal sealed record SbomDocument
{
    public string BomFormat { get; init; } = "CycloneDX";

    public string SpecVersion { get; init; } = "1.6";

    public required string SerialNumber { get; init; }

    public int Version { get; init; } = 1;

    public required SbomMetadata Metadata { get; init; }

    public required IReadOnlyList<SbomComponent> Components { get; init; }

    public required IReadOnlyList<SbomDependency> Dependencies { get; init; }
}

internal sealed record SbomMetadata(SbomComponent Component);

internal sealed record SbomComponent
{
    public required string Type { get; init; }

    [JsonPropertyName("bom-ref")]
    public required string Ref { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public string? Purl { get; init; }

    public IReadOnlyList<SbomHash>? Hashes { get; init; }
}

internal sealed record SbomHash(string Alg, string Content);

internal sealed record SbomDependency(string Ref, IReadOnlyList<string> DependsOn);
