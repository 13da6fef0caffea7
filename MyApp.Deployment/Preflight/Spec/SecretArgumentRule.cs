using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>Every user of a machine can read the arguments of every process.</summary>
internal sealed class SecretArgumentRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.secret-argument", "A secret is given as an argument", Severity.Error, Severity.Error, Acceptable: false);

    public IEnumerable<Complaint> Check(ServiceSpec facts) =>
        from arg in facts.Run.Args.Index()
        let path = $"run.args[{arg.Index}]"
        from name in SpecPlaceholders.Secrets(arg.Item)
        select new Complaint(path, $"{path} would show the secret {name} to every user of the machine", $"run.env: {{ {name}: \"${{secret:{name}}}\" }}, and have the program read the variable");
}
