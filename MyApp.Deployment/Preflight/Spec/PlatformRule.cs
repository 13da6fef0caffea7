using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class PlatformRule : IPreflightRule<ServiceSpec>
{
    /// <summary>Also the name under which its loss is accepted.</summary>
    public const string Id = "build.platforms";

    public RuleAbout About { get; } = new(Id, "A platform is asked for that this machine does not build", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts) =>
        facts.Build.Platforms.Where(platform => platform != Platforms.Native).Select(platform => new Complaint(
            Id, $"{platform} is not built: this machine builds for {Platforms.Native} only", $"platforms: [{Platforms.Native}], or accept: [{Id}]"));
}
