using System.Text.Json.Serialization;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Sources;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.ControlPlane;

/// <summary>The control plane's wire form, shared by server and clients: camelCase, enums as camelCase words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<ServiceState>), typeof(CamelCaseEnum<RolloutState>), typeof(CamelCaseEnum<RolloutKind>), typeof(CamelCaseEnum<BuildState>), typeof(CamelCaseEnum<BinaryFormat>),
        typeof(CamelCaseEnum<RolloutEventKind>), typeof(CamelCaseEnum<DossierCause>), typeof(CamelCaseEnum<SecretAction>)])]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(InstanceList))]
[JsonSerializable(typeof(EnvironmentStandings))]
[JsonSerializable(typeof(ReleaseView))]
[JsonSerializable(typeof(ReleaseList))]
[JsonSerializable(typeof(RolloutRequest))]
[JsonSerializable(typeof(BuildOrder))]
[JsonSerializable(typeof(BuildView))]
[JsonSerializable(typeof(BuildList))]
[JsonSerializable(typeof(BuildLogLine))]
[JsonSerializable(typeof(IReadOnlyList<PlatformBuild>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(VcsState))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ServiceCommand))]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(RolloutView))]
[JsonSerializable(typeof(RolloutList))]
[JsonSerializable(typeof(ApprovalRequest))]
[JsonSerializable(typeof(ApprovalRule))]
[JsonSerializable(typeof(ApprovalGate))]
[JsonSerializable(typeof(RolloutEvent))]
[JsonSerializable(typeof(SourceReceipt))]
[JsonSerializable(typeof(LogLineView))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(WhyView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(ConfigView))]
[JsonSerializable(typeof(ConfigChangeRequest))]
[JsonSerializable(typeof(ConfigRollbackRequest))]
[JsonSerializable(typeof(ConfigHistory))]
[JsonSerializable(typeof(ReleaseDiff))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(SecretRotateRequest))]
[JsonSerializable(typeof(SecretRotation))]
[JsonSerializable(typeof(SecretView))]
[JsonSerializable(typeof(SecretList))]
[JsonSerializable(typeof(SecretAudit))]
public sealed partial class WireJson : JsonSerializerContext;
