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

    public static KeySchema From(SpecNode reference)
    {
        var schema = new KeySchema();
        schema.Learn(reference);
        return schema;
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
            if ((keys.GetValueOrDefault(entry.Key) ?? any) is { } known)
                known.Check(entry.Value, SpecPath.Join(path, entry.Key), problems);
            else
                problems.Add(Unknown(entry, path));
        }
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
