using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Host;

internal sealed class FilesRule : IPreflightRule<HostFacts>
{
    public RuleAbout About { get; } = new("host.files", "More open files are asked for than this machine gives", Severity.Error, Severity.Error);

    public IEnumerable<Complaint> Check(HostFacts facts)
    {
        if (!facts.IsRoot && facts.Spec.Resources.Files > facts.MostFiles)
            yield return new("resources.files", $"{facts.Spec.Resources.Files} open files are asked for, and this machine gives at most {facts.MostFiles}", "ask for fewer, or raise the hard limit (ulimit -Hn)");
    }
}
