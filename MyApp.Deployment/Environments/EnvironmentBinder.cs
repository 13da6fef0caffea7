using MyApp.Deployment.Approvals;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Environments;

/// <summary>Reads what an environment's overlay says about the environment itself, and not about the service in it.</summary>
internal static class EnvironmentBinder
{
    public const string Parent = "inherits";
    private const string Branches = "branches";
    private const string Freeze = "freeze";
    private const string Approval = "approval";
    private const string Append = "+";
    private const string Shape = "write - { from: 2026-12-19, until: 2027-01-03, reason: \"why\" }";

    /// <summary>None of these is a key of a service.</summary>
    public static bool IsRule(string key) => key.TrimStart(Append[0]) is Parent or Branches or Freeze or Approval;

    /// <param name="overlays">With their names, the environment's own first, then what it inherits from.</param>
    public static EnvironmentRules Bind(IEnumerable<(string Name, SpecMap Map)> overlays, List<SpecProblem> problems)
    {
        var branches = new List<string>();
        var freezes = new List<FreezeWindow>();
        ApprovalRule? approval = null;
        foreach (var (name, map) in overlays.Reverse())
        {
            var section = new SpecSection(map, $"environments.{name}", problems);
            if (section.Has(Branches))
                branches.Clear();
            branches.AddRange(ReadBranches(section, Branches).Concat(ReadBranches(section, Append + Branches)));
            freezes.AddRange(section.Sections(Freeze).Concat(section.Sections(Append + Freeze)).Select(item => ReadWindow(item, name)).OfType<FreezeWindow>());
            if (section.Has(Approval))
                approval = ReadApproval(section.Section(Approval));
        }

        return new(branches, freezes, approval);
    }

    private static ApprovalRule ReadApproval(SpecSection section)
    {
        var needed = section.Number("needed", 1, ApprovalRule.MostNeeded) ?? ApprovalRule.DefaultNeeded;
        var listed = section.Section("people");
        var people = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in listed.Map.Entries.Select(entry => entry.Key))
        {
            if (!Names.IsValid(name))
                listed.Refuse(name, $"'{name}' is not a name: {Names.Rule}");
            else if (listed.Checked(name, text => PublicKey.ParseShort(text) is not null, "the line that 'myapp key' prints for this person") is not { } key)
                continue;
            else if (people.FirstOrDefault(person => person.Value == key).Key is { } same)
                listed.Refuse(name, $"{name} and {same} have the same key", "give everybody a key of their own: 'myapp key' prints it");
            else
                people.Add(name, key);
        }

        if (people.Count == listed.Map.Entries.Count && people.Count < needed)
            section.Refuse("people", $"{needed} people have to sign, and {people.Count} {(people.Count == 1 ? "is" : "are")} listed", "list more people, or lower needed");
        return new(needed, people);
    }

    private static IReadOnlyList<string> ReadBranches(SpecSection section, string key)
    {
        var patterns = section.Texts(key) ?? [];
        foreach (var wrong in patterns.Where(pattern => !BranchPattern.IsValid(pattern)))
            section.Refuse(key, $"'{wrong}' is no name of a branch", "write it as main or release/*");
        return patterns;
    }

    private static FreezeWindow? ReadWindow(SpecSection item, string environment)
    {
        var from = item.Parsed("from", FreezeWindow.ParseFrom, "a day, or a time such as 2026-12-19T18:00+01:00");
        var until = item.Parsed("until", FreezeWindow.ParseUntil, "its last day, or a time such as 2027-01-04T08:00+01:00");
        var reason = item.Checked("reason", text => text.Trim().Length > 0, "why nothing is shipped");
        if (!item.Has("from") || !item.Has("until") || !item.Has("reason"))
            item.Refuse("", "a freeze needs a beginning, an end and a reason", Shape);
        if (from >= until)
            item.Refuse("until", "it ends before it begins", Shape);
        return from is null || until is null || reason is null ? null : new(from.Value, until.Value, reason, environment);
    }
}
