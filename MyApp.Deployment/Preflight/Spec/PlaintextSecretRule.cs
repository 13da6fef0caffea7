using MyApp.Deployment.Layering;
using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>What looks like a secret and is written out. The message names the place and never the value.</summary>
internal sealed class PlaintextSecretRule : IPreflightRule<ServiceSpec>
{
    public RuleAbout About { get; } = new("spec.plaintext-secret", "A secret is written out in the spec", Severity.Warning, Severity.Error);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        foreach (var value in WrittenValues.Of(facts).Where(value => PlaintextSecret.IsOne(value.Name, value.Value)))
        {
            var name = value.Path.StartsWith("run.env.", StringComparison.Ordinal) ? value.Name : "NAME";
            var fix = value.Path.StartsWith(RemoteKeys.Application, StringComparison.Ordinal) ? PlaintextSecret.Fix(name, value.Path) : PlaintextSecret.Fix(name);
            yield return new(value.Path, $"{value.Path} looks like a secret that is written out", fix);
        }
    }
}
