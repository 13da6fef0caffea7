using System.Text.Json.Serialization;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds.Trust;

/// <summary>An in-toto statement (v1) that carries SLSA provenance (https://slsa.dev/spec/v1.0/provenance).</summary>
internal sealed record Statement
{
    public const string StatementType = "https://in-toto.io/Statement/v1";
    public const string Provenance = "https://slsa.dev/provenance/v1";

    [JsonPropertyName("_type")]
    public string Type { get; init; } = StatementType;

    public required IReadOnlyList<Resource> Subject { get; init; }

    public string PredicateType { get; init; } = Provenance;

    public required Predicate Predicate { get; init; }
}

internal sealed record Predicate(BuildDefinition BuildDefinition, RunDetails RunDetails);

/// <param name="ExternalParameters">What whoever asked for the build chose.</param>
/// <param name="InternalParameters">What the builder chose.</param>
internal sealed record BuildDefinition(
    string BuildType, BuildParameters ExternalParameters, BuilderParameters InternalParameters, IReadOnlyList<Resource> ResolvedDependencies)
{
    public const string MyAppBuild = "urn:myapp:build:v1";
}

internal sealed record BuildParameters(string Service, string Platform, BuildSpec Build);

internal sealed record BuilderParameters(string Toolchain, string ToolchainVersion, string Mode, bool? UncommittedChanges);

internal sealed record RunDetails(Builder Builder, RunMetadata Metadata, IReadOnlyList<Resource> Byproducts);

/// <param name="Id">Names the key, as whoever holds it vouches.</param>
internal sealed record Builder(string Id);

internal sealed record RunMetadata(string InvocationId, DateTimeOffset StartedOn, DateTimeOffset FinishedOn);

/// <summary>in-toto's ResourceDescriptor.</summary>
internal sealed record Resource
{
    public string? Name { get; init; }

    public string? Uri { get; init; }

    public IReadOnlyDictionary<string, string>? Digest { get; init; }
}
