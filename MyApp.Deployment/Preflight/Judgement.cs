using System.Globalization;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Preflight;

/// <summary>Applies an environment's levels, and what the spec accepts, to what rules complain of. Pure.</summary>
/// <param name="today">Acceptances that ended before count no more; null: they are taken as they stand.</param>
internal sealed class Judgement(ServiceSpec spec, DateOnly? today)
{
    public IEnumerable<Finding> Of<TFacts>(IEnumerable<IPreflightRule<TFacts>> rules, TFacts facts) =>
        rules.SelectMany(rule => rule.Check(facts).Select(complaint => Of(rule.About, complaint)));

    private Finding Of(RuleAbout rule, Complaint complaint)
    {
        var level = rule.LevelFor(spec);
        if (spec.Preflight.TryGetValue(rule.Id, out var raised) && raised > level)
            level = raised;
        var message = complaint.Message;
        if (rule.Acceptable && spec.Accept.FirstOrDefault(each => each.Rule == rule.Id) is { } acceptance)
        {
            var over = acceptance.Until < today;
            message += over ? $" (the acceptance ended on {Written(acceptance.Until!.Value)})" : Words(acceptance);
            level = over ? level : level == Severity.Error ? Severity.Warning : Severity.Note;
        }

        return new(rule.Id, level, message, complaint.Path, OriginOf(complaint.Path), complaint.Fix, rule.Help);
    }

    private static string Words(Acceptance acceptance) =>
        acceptance.Reason is null ? " (accepted)" : $" (accepted until {Written(acceptance.Until!.Value)}: {acceptance.Reason})";

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The nearest place that was written: 'socket' for socket.inherit, 'resources' for a whole section.
    private Origin? OriginOf(string path)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('.') is > 0 and var dot ? at[..dot] : "")
        {
            if (spec.Origins.TryGetValue(at, out var origin))
                return origin;
        }

        return null;
    }
}
