using MyApp.Deployment.Layering;

namespace MyApp.Deployment.Specs.Yaml;

/// <summary>
/// Which keys may stand where, taken from reference.yaml: what the documented example has is allowed, and nothing else. A key
/// written <c>&lt;NAME&gt;</c> there stands for any.
/// </summary>
internal sealed class KeySchema
{
    private readonly SortedDictionary<string, KeySchema> keys = new(StringComparer.Ordinal);
    private KeySchema? any;
    private KeySchema? item;

    /// <summary>By name; none of them for what is no map.</summary>
    public IReadOnlyDictionary<string, KeySchema> Keys => keys;

    /// <summary>Of a name of one's own; null: there is none.</summary>
    public KeySchema? Any => any;

    /// <summary>Of the items of a list; null: it is none.</summary>
    public KeySchema? Item => item;

    /// <inheritdoc cref="FreeMap"/>
    public bool IsFree { get; private init; }

    public static KeySchema From(SpecNode reference)
    {
        var schema = new KeySchema();
        schema.Learn(reference);
        return schema;
    }

    /// <summary>A map in which any names, maps and lists may stand, as deep as they go: of what is not ours to know.</summary>
    public static KeySchema FreeMap()
    {
        var free = new KeySchema { IsFree = true };
        (free.any, free.item) = (free, free);
        return ForAnyKey(free);
    }

    /// <summary>Keys of a service within <c>services:</c>.</summary>
    public KeySchema Without(params ReadOnlySpan<string> names)
    {
        var copy = new KeySchema { any = any, item = item };
        foreach (var (key, value) in keys)
        {
            if (!names.Contains(key))
                copy.keys.Add(key, value);
        }

        return copy;
    }

    public void Set(string key, KeySchema value) => keys[key] = value;

    public static KeySchema ForAnyKey(KeySchema value) => new() { any = value };

    public static KeySchema ForList(KeySchema item) => new() { item = item };

    public void Check(SpecNode node, string path, List<SpecProblem> problems)
    {
        if (node is SpecList list && item is not null)
        {
            for (var i = 0; i < list.Items.Count; i++)
                item.Check(list.Items[i], $"{path}[{i}]", problems);
        }

        if (node is not SpecMap map || (keys.Count == 0 && any is null))
            return;
        foreach (var entry in map.Entries)
        {
            var name = LayerStack.BareName(entry.Key);
            if ((keys.GetValueOrDefault(name) ?? any) is not { } known)
                problems.Add(Unknown(entry, path));
            else if (name != entry.Key && Misplaced(entry, name, map, known, path) is { } problem)
                problems.Add(problem);
            else
                known.Check(entry.Value, SpecPath.Join(path, name), problems);
        }
    }

    /// <summary>Names as they are spelt here, found without regard to case; what is not found stays as it is.</summary>
    public IReadOnlyList<string> Spell(IReadOnlyList<string> names)
    {
        var spelt = new List<string>();
        KeySchema? at = this;
        foreach (var name in names)
        {
            var known = at?.keys.Keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase));
            spelt.Add(known ?? name);
            at = known is null ? at?.any : at!.keys[known];
        }

        return spelt;
    }

    private static SpecProblem? Misplaced(SpecEntry entry, string name, SpecMap map, KeySchema known, string path)
    {
        if (known.item is null || (known.IsFree && entry.Value is not SpecList))
            return new(SpecPath.Join(path, name), $"'{entry.Key}' would append to a list, and {SpecPath.Join(path, name)} is none", entry.Origin, $"write '{name}'");
        return map.Find(name) is null
            ? null
            : new(SpecPath.Join(path, name), $"both '{name}' and '{entry.Key}' are given", entry.Origin, "keep one of them");
    }

    private SpecProblem Unknown(SpecEntry entry, string path)
    {
        var where = path.Length == 0 ? "" : $" in {path}";
        var fix = Nearest.To(entry.Key, keys.Keys) is { } near ? $"did you mean '{near}'?" : $"known here: {string.Join(", ", keys.Keys)}";
        return new(SpecPath.Join(path, entry.Key), $"unknown key '{entry.Key}'{where}", entry.Origin, fix);
    }

    private void Learn(SpecNode node)
    {
        if (node is SpecList list)
        {
            item ??= new();
            foreach (var each in list.Items)
                item.Learn(each);
        }

        if (node is not SpecMap map)
            return;
        foreach (var entry in map.Entries)
        {
            var child = entry.Key.StartsWith('<') ? any ??= new() : keys.GetValueOrDefault(entry.Key) ?? (keys[entry.Key] = new());
            child.Learn(entry.Value);
        }
    }
}
