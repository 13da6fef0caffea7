using System.Text.Json.Serialization;
using MyApp.Deployment.Rollouts;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.ControlPlane;

/// <summary>The control plane's wire form, shared by server and clients: camelCase, enums as camelCase words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<ServiceState>), typeof(CamelCaseEnum<RolloutState>), typeof(CamelCaseEnum<RolloutKind>),
        typeof(CamelCaseEnum<RolloutEventKind>), typeof(CamelCaseEnum<DossierCause>)])]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(InstanceList))]
[JsonSerializable(typeof(ReleaseView))]
[JsonSerializable(typeof(ReleaseList))]
[JsonSerializable(typeof(RolloutRequest))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ServiceCommand))]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(RolloutView))]
[JsonSerializable(typeof(RolloutList))]
[JsonSerializable(typeof(RolloutEvent))]
[JsonSerializable(typeof(SourceReceipt))]
[JsonSerializable(typeof(LogLineView))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(WhyView))]
[JsonSerializable(typeof(ProblemView))]
public sealed partial class WireJson : JsonSerializerContext;
