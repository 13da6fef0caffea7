using System.Text.Json.Serialization;
using MyApp.Cli.Commands;
using MyApp.Cli.Rollouts;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Units;

namespace MyApp.Cli;

/// <summary>The documents of <c>--output json</c> that are not the control plane's own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnum<RolloutState>)])]
[JsonSerializable(typeof(RolloutOutcomes))]
[JsonSerializable(typeof(InitReport))]
internal sealed partial class CliJson : JsonSerializerContext;
