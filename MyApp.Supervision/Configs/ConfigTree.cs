using System.Globalization;

namespace MyApp.Supervision.Configs;

/// <summary>Values as the maps and lists that their keys describe.</summary>
/// <param name="Name">Of an entry of a map, or <c>[0]</c> of an item of a list.</param>
/// <param name="Value">Null: there are others in it.</param>
internal sealed record ConfigTree(string Name, ConfigValue? Value, IReadOnlyList<ConfigTree> Inner)
{
    public bool IsItem => Name[0] == '[';

    public bool IsList => Inner.Count > 0 && Inner[0].IsItem;

    /// <summary>Entries of maps in the order of the keys, items of lists in their own. The keys must be sound (<see cref="Problem"/>).</summary>
    public static IReadOnlyList<ConfigTree> Of(IEnumerable<(string Key, ConfigValue Value)> values) =>
    [
        .. from each in values
           let end = EndOfName(each.Key)
           group (Key: each.Key[end..].TrimStart('.'), each.Value) by each.Key[..end] into same
           let first = same.First()
           select first.Key.Length == 0 ? new ConfigTree(same.Key, first.Value, []) : new ConfigTree(same.Key, null, Of(same)) into node
           orderby node.IsItem ? Index(node.Name) : 0
           select node,
    ];

    /// <summary>Why keys do not describe one tree; null: they do.</summary>
    public static string? Problem(IReadOnlyCollection<string> keys)
    {
        var (all, maps) = (keys.ToHashSet(StringComparer.Ordinal), keys.SelectMany(key => Above(key, '.')).ToHashSet(StringComparer.Ordinal));
        if (maps.Overlaps(all) || keys.Any(key => Above(key, '[').Any(all.Contains)))
            return "a key is a value or the beginning of others, not both";
        foreach (var list in keys.SelectMany(Items).Distinct().GroupBy(item => item.List, item => item.Index, StringComparer.Ordinal))
        {
            if (list.Max() != list.Count() - 1)
                return $"{list.Key} has {list.Count()} items, and one of them is [{list.Max()}]";
            if (maps.Contains(list.Key))
                return $"{list.Key} is a list or a map, not both";
        }

        return null;
    }

    private static IEnumerable<(string List, int Index)> Items(string key)
    {
        foreach (var list in Above(key, '['))
            yield return (list, Index(key[list.Length..(key.IndexOf(']', list.Length) + 1)]));
    }

    // Of everything that is followed by the separator.
    private static IEnumerable<string> Above(string key, char separator)
    {
        for (var at = key.IndexOf(separator, StringComparison.Ordinal); at >= 0; at = key.IndexOf(separator, at + 1))
            yield return key[..at];
    }

    private static int Index(string name) => int.Parse(name.AsSpan(1, name.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture);

    private static int EndOfName(string key)
    {
        if (key[0] == '[')
            return key.IndexOf(']', StringComparison.Ordinal) + 1;
        var end = key.AsSpan().IndexOfAny('.', '[');
        return end < 0 ? key.Length : end;
    }
}
