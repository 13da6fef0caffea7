using System.Text.Json.Serialization;
using MyApp.Cli.Commands;
using MyApp.Cli.Rollouts;
using MyApp.Cli.Settings;
using MyApp.Deployment.Approvals;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Policies;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Cli;

/// <summary>The documents of <c>--output json</c> that are not the control plane's own.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [
        typeof(CamelCaseEnum<RolloutState>), typeof(CamelCaseEnum<Severity>), typeof(CamelCaseEnum<FieldSupport>), typeof(CamelCaseEnum<Exposure>),
        typeof(CamelCaseEnum<SocketMode>), typeof(CamelCaseEnum<RestartPolicy>), typeof(CamelCaseEnum<DependencyCondition>),
        typeof(CamelCaseEnum<DependencyLoss>), typeof(CamelCaseEnum<LayerKind>), typeof(CamelCaseEnum<LogPeriod>), typeof(CamelCaseEnum<LogFormat>), typeof(CamelCaseEnum<MissedRuns>), typeof(CamelCaseEnum<AfterExit>), typeof(CamelCaseEnum<BinaryFormat>)])]
[JsonSerializable(typeof(RolloutOutcomes))]
[JsonSerializable(typeof(InitReport))]
[JsonSerializable(typeof(BuildReports))]
[JsonSerializable(typeof(BuildLogReport))]
[JsonSerializable(typeof(FetchReport))]
[JsonSerializable(typeof(Verification))]
[JsonSerializable(typeof(PackageReport))]
[JsonSerializable(typeof(DepsReport))]
[JsonSerializable(typeof(PlanReports))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(RotationReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(KnownValues))]
[JsonSerializable(typeof(EnvironmentReport))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(ApprovalGate))]
[JsonSerializable(typeof(IReadOnlyList<RuleView>))]
[JsonSerializable(typeof(Simulation))]
internal sealed partial class CliJson : JsonSerializerContext;
