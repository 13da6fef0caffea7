using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>Every user of a machine can read the arguments of every process.</summary>
internal sealed class SecretArgumentRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.secret-argument", "A secret is given as an argument", Severity.Error, Severity.Error, Acceptable: false);

    public IEnumerable<Complaint> Check(ServiceSpec facts) =>
        from value in WrittenValues.Args(facts)
        from name in SpecPlaceholders.Secrets(facts.Run.Args[int.Parse(value.Path[9..^1], System.Globalization.CultureInfo.InvariantCulture)])
        select new Complaint(value.Path, $"{value.Path} would show the secret {name} to every user of the machine", $"run.env: {{ {name}: \"${{secret:{name}}}\" }}, and have the program read the variable");
}
