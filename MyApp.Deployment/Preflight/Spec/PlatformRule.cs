using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

internal sealed class PlatformRule : IPreflightRule<ServiceSpec>
{
    /// <summary>Also the name under which its loss is accepted.</summary>
    public const string Id = "build.platforms";

    public RuleAbout About { get; } = new(Id, "This machine's own platform is not among those to build", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        if (facts.Build.Platforms.Count > 0 && !facts.Build.Platforms.Contains(Platforms.Native, StringComparer.Ordinal))
            yield return new Complaint(Id, $"this machine is {Platforms.Native}, and that is not among the platforms", $"add {Platforms.Native}, or accept: [{Id}]");
    }
}
