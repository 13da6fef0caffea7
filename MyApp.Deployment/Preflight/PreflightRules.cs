using MyApp.Deployment.Preflight.Artifact;
using MyApp.Deployment.Preflight.Candidate;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Preflight.Spec;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight;

/// <summary>Every rule there is, in the order in which they are told.</summary>
public static class PreflightRules
{
    internal static IReadOnlyList<IPreflightRule<ServiceSpec>> OfSpec { get; } =
    [
        new TargetRule(), new PlatformRule(), new PublicBindRule(), new PlaintextSecretRule(), new SecretArgumentRule(), new DebugModeRule(),
        new ManagementRule(), new RootRule(), new ReadinessRule(), new GraceRule(), new SocketRule(), new AcceptRule(),
    ];

    internal static IReadOnlyList<IPreflightRule<ArtifactFacts>> OfArtifact { get; } =
        [new ArchitectureRule(), new StaticRule(), new DebugInfoRule(), new SetuidRule(), new WritableRule(), new DiskRule()];

    internal static IReadOnlyList<IPreflightRule<HostFacts>> OfHost { get; } =
        [new SecretRule(), new PortRule(), new PrivilegedPortRule(), new FilesRule(), new UserRule(), new DependencyRule(), new CertificateRule(), new ClockRule(), new FreezeRule()];

    internal static IReadOnlyList<IPreflightRule<CandidateFacts>> OfCandidate { get; } = [new EndpointRule(), new HeaderRule()];

    /// <summary>What is said of each rule.</summary>
    public static IReadOnlyList<RuleAbout> All { get; } =
        [.. OfSpec.Select(rule => rule.About), .. OfArtifact.Select(rule => rule.About), .. OfHost.Select(rule => rule.About), .. OfCandidate.Select(rule => rule.About)];

    /// <summary>Of the spec alone: nothing is looked at but what is written.</summary>
    /// <param name="today">Acceptances that ended before count no more; null: they are taken as they stand.</param>
    public static IReadOnlyList<Finding> Check(ServiceSpec spec, DateOnly? today) => [.. new Judgement(spec, today).Of(OfSpec, spec)];

    /// <summary>Of what a build made.</summary>
    public static IReadOnlyList<Finding> Check(ArtifactFacts artifact, DateOnly? today) => [.. new Judgement(artifact.Spec, today).Of(OfArtifact, artifact)];

    /// <summary>Of the machine it is to run on.</summary>
    public static IReadOnlyList<Finding> Check(HostFacts host, DateOnly? today) => [.. new Judgement(host.Spec, today).Of(OfHost, host)];

    /// <summary>Of a started release, before it gets any traffic.</summary>
    public static IReadOnlyList<Finding> Check(CandidateFacts candidate, DateOnly? today) => [.. new Judgement(candidate.Spec, today).Of(OfCandidate, candidate)];
}
