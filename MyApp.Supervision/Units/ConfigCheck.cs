using MyApp.Supervision.Configs;

namespace MyApp.Supervision.Units;

/// <summary>What is wrong with the file of values of a unit.</summary>
internal static class ConfigCheck
{
    public static void Problems(Unit unit, Action<bool, string> check)
    {
        if (unit.Config is not { } file)
            return;
        check(!ConfigNames.IsFile(file.Name), $"config.name: {ConfigNames.FileRule}");
        check(!ConfigNames.IsPrefix(file.Prefix), "config.prefix: letters, digits and underscores, not beginning with a digit");
        var wrong = file.Values.Keys.Any(key => !ConfigNames.IsPath(key));
        check(wrong, $"config.values: between the dots of a key stand {ConfigNames.PartRule}, and [0], [1], … after what is a list");
        check(file.Values.Values.Any(value => value is null || value.Text.Contains('\0', StringComparison.Ordinal)), "config.values: nothing may be null or hold a NUL");
        var problem = wrong ? null : ConfigTree.Problem([.. file.Values.Keys]);
        check(problem is not null, $"config.values: {problem}");
        check(!file.Format.HasEmptyLists() && file.Values.Values.Contains(ConfigValue.EmptyList), "config.values: an empty list has a form in JSON and YAML alone");
        check(file.Format == ConfigFormat.Dotenv && file.Values.Keys.Select(key => ConfigNames.Variable(file.Prefix, key)).Distinct(StringComparer.Ordinal).Count() != file.Values.Count,
            "config.values: two keys are the same variable");
    }
}
