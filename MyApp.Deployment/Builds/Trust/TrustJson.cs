using System.Text.Json.Serialization;

namespace MyApp.Deployment.Builds.Trust;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(SbomDocument))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(Envelope))]
internal sealed partial class TrustJson : JsonSerializerContext;
