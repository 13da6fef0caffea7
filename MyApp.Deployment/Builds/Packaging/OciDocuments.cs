using System.Text.Json.Serialization;

namespace MyApp.Deployment.Builds.Packaging;

internal sealed record OciDescriptor(string MediaType, string Digest, long Size)
{
    public OciPlatform? Platform { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

internal sealed record OciPlatform(string Architecture, string Os);

internal sealed record OciIndex(int SchemaVersion, string MediaType, IReadOnlyList<OciDescriptor> Manifests);

internal sealed record OciManifest(int SchemaVersion, string MediaType, OciDescriptor Config, IReadOnlyList<OciDescriptor> Layers);

internal sealed record OciConfig
{
    public required string Created { get; init; }

    public required string Architecture { get; init; }

    public required string Os { get; init; }

    public required OciProcess Config { get; init; }

    public required OciRootfs Rootfs { get; init; }

    public required IReadOnlyList<OciHistory> History { get; init; }
}

/// <summary>The one part of OCI whose keys begin with capitals.</summary>
internal sealed record OciProcess
{
    [JsonPropertyName("User")]
    public required string User { get; init; }

    [JsonPropertyName("ExposedPorts")]
    public required IReadOnlyDictionary<string, OciNothing> ExposedPorts { get; init; }

    [JsonPropertyName("Env")]
    public required IReadOnlyList<string> Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    public required IReadOnlyList<string> Entrypoint { get; init; }

    [JsonPropertyName("WorkingDir")]
    public required string WorkingDir { get; init; }

    [JsonPropertyName("Labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}

internal sealed record OciNothing;

internal sealed record OciRootfs(string Type, [property: JsonPropertyName("diff_ids")] IReadOnlyList<string> DiffIds);

internal sealed record OciHistory(string Created, [property: JsonPropertyName("created_by")] string CreatedBy);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciIndex))]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(OciConfig))]
internal sealed partial class OciJson : JsonSerializerContext;
