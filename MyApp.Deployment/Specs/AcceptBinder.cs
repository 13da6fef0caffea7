using System.Globalization;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Deployment.Targets;

namespace MyApp.Deployment.Specs;

/// <summary>What is accepted, and which rules are taken more seriously than their environment does.</summary>
internal static class AcceptBinder
{
    private const string Shape = "write - { rule: spec.root, reason: \"why\", until: 2027-01-31 }";

    /// <summary>Losses of a target may be accepted by name alone; a rule needs a reason and an end.</summary>
    public static IReadOnlyList<Acceptance> Accepted(SpecSection root)
    {
        if (root.Map.Find("accept") is not { } node)
            return [];
        if (node is not SpecList list)
        {
            root.RefuseValue("accept", "accept must be a list", Shape);
            return [];
        }

        var accepted = new List<Acceptance>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is SpecScalar { IsNull: false } name)
                accepted.Add(new(name.Text, null, null));
            else if (list.Items[i] is SpecMap map && Bind(root.Item(map, $"accept[{i}]")) is { } acceptance)
                accepted.Add(acceptance);
            else if (list.Items[i] is not SpecMap)
                root.RefuseValue("accept", "an acceptance is a name or a map", Shape);
        }

        return accepted;
    }

    /// <summary>The rules that are raised to a level.</summary>
    public static IReadOnlyDictionary<string, Severity> Levels(SpecSection levels)
    {
        var raised = new SortedDictionary<string, Severity>(StringComparer.Ordinal);
        var known = PreflightRules.All.Select(rule => rule.Id).ToList();
        foreach (var entry in levels.Map.Entries)
        {
            if (!known.Contains(entry.Key, StringComparer.Ordinal))
                levels.RefuseValue(entry.Key, $"there is no rule '{entry.Key}'", Nearest.To(entry.Key, known) is { } near ? $"did you mean '{near}'?" : "'myapp check --rules' lists them");
            else if (levels.Word(entry.Key, ("warning", Severity.Warning), ("error", Severity.Error)) is { } level)
                raised[entry.Key] = level;
        }

        return raised;
    }

    private static Acceptance? Bind(SpecSection item)
    {
        var rule = item.Text("rule");
        var reason = item.Checked("reason", text => text.Trim().Length > 0, "why it is accepted");
        var until = item.Parsed("until", Day, "the last day it holds, e.g. 2027-01-31");
        if (!item.Has("rule") || !item.Has("reason") || !item.Has("until"))
            item.RefuseValue("", "an acceptance needs a rule, a reason and a last day", Shape);
        return rule is null || reason is null || until is null ? null : new(rule, reason, until);
    }

    private static DateOnly? Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
