using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Layering;

/// <summary>Lays one untyped tree over another. Every value keeps the place it was written at.</summary>
internal static class LayerStack
{
    /// <summary>Maps are merged key by key; a list or a single value replaces what was below.</summary>
    public static SpecNode Merge(SpecNode below, SpecNode above)
    {
        if (below is not SpecMap low || above is not SpecMap high)
            return above;
        var merged = low.Entries.Select(entry => Over(entry, high)).ToList();
        merged.AddRange(high.Entries.Where(entry => low.Find(entry.Key) is null));
        return new SpecMap(merged, low.Origin);
    }

    private static SpecEntry Over(SpecEntry below, SpecMap above) =>
        above.Entries.FirstOrDefault(entry => entry.Key == below.Key) is { } winner
            ? winner with { Value = Merge(below.Value, winner.Value) }
            : below;
}
