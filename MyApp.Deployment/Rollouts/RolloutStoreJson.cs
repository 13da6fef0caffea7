using System.Text.Json.Serialization;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<RolloutState>), typeof(CamelCaseEnum<RolloutKind>), typeof(CamelCaseEnum<RolloutEventKind>),
        typeof(CamelCaseEnum<Exposure>), typeof(CamelCaseEnum<SocketMode>), typeof(CamelCaseEnum<RestartPolicy>),
        typeof(CamelCaseEnum<DependencyCondition>), typeof(CamelCaseEnum<DependencyLoss>)])]
[JsonSerializable(typeof(RolloutView))]
[JsonSerializable(typeof(StoredRelease))]
[JsonSerializable(typeof(IReadOnlyList<Approval>))]
internal sealed partial class RolloutStoreJson : JsonSerializerContext;

/// <param name="Rollout">The one that made it, and gets it again when it is run again.</param>
internal sealed record StoredRelease(Guid Rollout, Release Release);
