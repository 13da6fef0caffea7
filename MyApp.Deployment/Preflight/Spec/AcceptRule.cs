using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight.Spec;

/// <summary>An acceptance that takes nothing away: of a name that does not exist, of what can't be accepted, or without its reason.</summary>
internal sealed class AcceptRule : IPreflightRule<ServiceSpec>
{
    // Names that may stand alone, without reason and end: what a target loses.
    private static readonly string[] Losses = [PlatformRule.Id];

    public RuleAbout About { get; } = new("spec.accept", "An acceptance takes nothing away", Severity.Warning, Severity.Warning, Acceptable: false);

    public IEnumerable<Complaint> Check(ServiceSpec facts)
    {
        for (var i = 0; i < facts.Accept.Count; i++)
        {
            var (path, each) = ($"accept[{i}]", facts.Accept[i]);
            if (Losses.Contains(each.Rule, StringComparer.Ordinal))
                continue;
            if (PreflightRules.All.FirstOrDefault(rule => rule.Id == each.Rule) is not { } known)
                yield return new(path, $"accept names '{each.Rule}', which is neither a rule nor a loss of this target", Near(each.Rule));
            else if (!known.Acceptable)
                yield return new(path, $"{each.Rule} can't be accepted", "remove it, and put right what the rule says");
            else if (each.Reason is null)
                yield return new(path, $"{each.Rule} is accepted without a reason and an end, so it is not", $"- {{ rule: {each.Rule}, reason: \"why\", until: YYYY-MM-DD }}");
        }
    }

    private static string Near(string name) =>
        Nearest.To(name, PreflightRules.All.Select(rule => rule.Id).Concat(Losses)) is { } near ? $"did you mean {near}?" : "'myapp check --rules' lists the rules";
}
