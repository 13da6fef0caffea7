using System.Text.Json.Serialization;

namespace MyApp.Deployment.Builds;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(Artifact))]
internal sealed partial class BuildJson : JsonSerializerContext;
