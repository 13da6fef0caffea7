using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Specs;

/// <summary>The application's own values: the section <c>app</c>, as deep as it is written.</summary>
internal sealed class AppBinder(ConfigSpec config, RunSpec run, PlaceholderScope scope)
{
    private readonly SortedDictionary<string, ConfigValue> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> variables = run.Env.Keys.ToDictionary(name => name, name => $"run.env.{name}", StringComparer.Ordinal);

    private bool HasNames => config.AsVariables || config.File?.Format == ConfigFormat.Dotenv;

    private bool HasEmptyLists => !config.AsVariables && config.File?.Format.HasEmptyLists() is true;

    /// <summary>The section's values; those of the config server alone are left to whoever asks it for them, unless they are delivered.</summary>
    public ConfigSpec Bind(SpecSection root)
    {
        if (!config.IsDelivered)
        {
            RefuseUndelivered(root);
            return config;
        }

        if (config.File is { } file && !variables.TryAdd(file.Variable, "config.variable"))
            root.Section("config").Refuse("variable", $"{file.Variable} is to hold the file's path, and run.env.{file.Variable} is there", "config: { variable: NAME }");
        Read(root.Section("app"));
        return config with { Values = values };
    }

    private static void RefuseUndelivered(SpecSection root)
    {
        if (Scalars(root.Section("app").Map).FirstOrDefault(value => !RemoteValue.IsOrigin(value.Origin)) is not null)
            root.Refuse("app", "app has values, and nothing says how the program gets them", "config: { deliver: env }, file or both");
    }

    private static IEnumerable<SpecNode> Scalars(SpecNode node) => node is SpecMap map ? map.Entries.SelectMany(entry => Scalars(entry.Value)) : [node];

    private void Read(SpecSection section, string above = "")
    {
        foreach (var entry in section.Map.Entries)
        {
            if (entry.Key.Contains('.', StringComparison.Ordinal))
                section.Refuse(entry.Key, $"'{entry.Key}' holds a dot", $"write it as maps: {string.Join(": { ", entry.Key.Split('.'))}: …{string.Concat(Enumerable.Repeat(" }", entry.Key.Count(c => c == '.')))}");
            else if (!ConfigNames.IsPart(entry.Key))
                section.Refuse(entry.Key, $"'{entry.Key}' is no name of a value", ConfigNames.PartRule);
            else
                Take(section, entry, above);
        }
    }

    private void Take(SpecSection section, SpecEntry entry, string above)
    {
        if (entry.Value is SpecMap)
            Read(section.Section(entry.Key), $"{above}{entry.Key}.");
        else if (entry.Value is SpecList { Items.Count: > 0 } list)
            TakeAll(section.Indexed(entry.Key, list), above);
        else
            TakeOne(section, entry, $"{above}{entry.Key}");
    }

    private void TakeAll(SpecSection items, string above)
    {
        foreach (var item in items.Map.Entries)
            Take(items, item, above);
    }

    private void TakeOne(SpecSection section, SpecEntry entry, string key)
    {
        if (entry.Value is not SpecScalar scalar)
            TakeEmptyList(section, entry, key);
        else if (scalar.IsNull)
            section.Refuse(entry.Key, $"{section.PathOf(entry.Key)} has no value", "write \"\" for an empty one");
        else if (SpecPlaceholders.Check(scalar.Text, section, entry.Key, scope))
            values[key] = ConfigValue.Of(scalar.Text, scalar.Plain);
        if (HasNames)
            Name(section, entry.Key, key);
    }

    private void TakeEmptyList(SpecSection section, SpecEntry entry, string key)
    {
        if (HasEmptyLists)
            values[key] = ConfigValue.EmptyList;
        else
            section.Refuse(entry.Key, $"{section.PathOf(entry.Key)} is an empty list, which has a form in JSON and YAML files alone", $"{entry.Key}: null takes away what is below");
    }

    private void Name(SpecSection section, string name, string key)
    {
        var variable = ConfigNames.Variable(config.Prefix, key);
        if (ConfigBinder.Taken.Contains(variable))
            section.Refuse(name, $"{section.PathOf(name)} would be the variable {variable}, which the target sets", "config: { prefix: APP_ }, or another name");
        else if (!variables.TryAdd(variable, section.PathOf(name)))
            section.Refuse(name, $"{section.PathOf(name)} would be the variable {variable}, as {variables[variable]} is", "rename one of them");
    }
}
