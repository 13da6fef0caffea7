using System.Text.Json.Serialization;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Builds;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(Artifact))]
[JsonSerializable(typeof(BuildSpec))]
internal sealed partial class BuildJson : JsonSerializerContext;
