using System.Text.Json.Serialization;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Supervision.Control;

/// <summary>The guard protocol's written form; see docs/guard-protocol.md.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<Exposure>), typeof(CamelCaseEnum<SocketMode>), typeof(CamelCaseEnum<RestartPolicy>),
        typeof(CamelCaseEnum<DependencyCondition>), typeof(CamelCaseEnum<DependencyLoss>), typeof(CamelCaseEnum<LogPeriod>), typeof(CamelCaseEnum<LogFormat>), typeof(CamelCaseEnum<MissedRuns>), typeof(CamelCaseEnum<InstanceState>), typeof(CamelCaseEnum<DossierCause>)])]
[JsonSerializable(typeof(GuardRequest))]
[JsonSerializable(typeof(GuardResponse))]
[JsonSerializable(typeof(List<ExitDossier>))]
public sealed partial class GuardJson : JsonSerializerContext;
