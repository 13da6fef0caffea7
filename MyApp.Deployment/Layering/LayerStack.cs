using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Layering;

/// <summary>Lays one untyped tree over another. Every value keeps the place it was written at.</summary>
internal static class LayerStack
{
    /// <summary>Before a list's key: append to the list below instead of replacing it.</summary>
    public const char Append = '+';

    /// <summary>
    /// Maps are merged key by key; a list or a single value replaces what was below; <c>+key</c> appends to the list below. Removals and
    /// appends stay written until <see cref="Resolve"/>. Layers are merged from the lowest up: of a map that one layer removes and a higher
    /// one writes anew, nothing from below the removal is left.
    /// </summary>
    public static SpecNode Merge(SpecNode below, SpecNode above)
    {
        if (below is not SpecMap low || above is not SpecMap high)
            return above;
        var merged = low.Entries.Where(entry => !IsReplaced(entry, high)).Select(entry => Over(entry, high)).ToList();
        merged.AddRange(high.Entries.Where(entry => !merged.Exists(each => BareName(each.Key) == BareName(entry.Key))));
        return new SpecMap(merged, low.Origin);
    }

    /// <summary>The tree as it is meant once nothing lies below: keys that were written as <c>null</c> or <c>~</c> are gone, <c>+key</c> is <c>key</c>.</summary>
    public static SpecNode Resolve(SpecNode tree) => tree switch
    {
        SpecMap map => new SpecMap([.. map.Entries.Where(entry => !IsRemoval(entry.Value)).Select(ResolveEntry)], map.Origin),
        SpecList list => new SpecList([.. list.Items.Select(Resolve)], list.Origin),
        _ => tree,
    };

    /// <summary>Of <c>+key</c> and <c>key</c> alike.</summary>
    public static string BareName(string key) => key.StartsWith(Append) ? key[1..] : key;

    /// <summary>Written as <c>null</c> or <c>~</c>. A key with nothing after it is taken for a slip, and not for this.</summary>
    public static bool IsRemoval(SpecNode node) => node is SpecScalar { Plain: true, Text: "null" or "~" };

    private static SpecEntry ResolveEntry(SpecEntry entry) => entry with { Key = BareName(entry.Key), Value = Resolve(entry.Value) };

    // '+key' below is of no account under 'key' above.
    private static bool IsReplaced(SpecEntry below, SpecMap above) => below.Key.StartsWith(Append) && above.Find(below.Key[1..]) is not null;

    private static SpecEntry Over(SpecEntry below, SpecMap above)
    {
        if (above.Entries.FirstOrDefault(entry => entry.Key == below.Key && !entry.Key.StartsWith(Append)) is { } winner)
            return winner with { Value = Merge(below.Value, winner.Value) };
        return above.Entries.FirstOrDefault(entry => entry.Key == Append + BareName(below.Key)) is { } more ? below with { Value = Appended(below.Value, more.Value) } : below;
    }

    // To a list that was removed below, or that is none, there is nothing to append.
    private static SpecNode Appended(SpecNode below, SpecNode more) => below is SpecList low && more is SpecList high ? new SpecList([.. low.Items, .. high.Items], high.Origin) : more;
}
