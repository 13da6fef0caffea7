using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Layering;

/// <summary>Tells of every key of a stack of layers which layer won and what it shadowed. Pure.</summary>
/// <param name="layers">Lowest first.</param>
internal sealed class Explainer(IReadOnlyList<ConfigLayer> layers)
{
    private readonly SpecMap merged = ServiceLayers.Merge(layers);

    /// <summary>Every key that some layer writes, in ordinal order.</summary>
    public IReadOnlyList<Explanation> All()
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var layer in layers)
            AddKeys(layer.Tree, "", keys);
        // What is a value in one layer and a map in another is told by its keys.
        return [.. keys.Where(key => !keys.Any(other => other.StartsWith(key + ".", StringComparison.Ordinal))).Select(Of)];
    }

    public Explanation Of(string key)
    {
        var written = new List<WrittenValue>();
        foreach (var layer in layers.Reverse())
        {
            if (Find(layer.Tree, key) is { } found)
                written.Add(new(layer.Kind, layer.Name, Text(found.Value), found.Key.StartsWith(LayerStack.Append), found.Value.Origin));
        }

        return new(key, Find(merged, key) is { } winner ? Text(winner.Value) : null, written);
    }

    private static void AddKeys(SpecMap map, string path, SortedSet<string> keys)
    {
        foreach (var entry in map.Entries)
        {
            var key = SpecPath.Join(path, LayerStack.BareName(entry.Key));
            if (entry.Value is SpecMap { Entries.Count: > 0 } inner)
                AddKeys(inner, key, keys);
            else
                keys.Add(key);
        }
    }

    // Names of variables and rules may hold dots, so the longest name that fits is tried first.
    private static SpecEntry? Find(SpecMap map, string key)
    {
        foreach (var entry in map.Entries.OrderByDescending(entry => entry.Key.Length))
        {
            var name = LayerStack.BareName(entry.Key);
            if (name == key)
                return entry;
            if (LayerStack.IsRemoval(entry.Value) && key.StartsWith(name + ".", StringComparison.Ordinal))
                return entry;
            if (entry.Value is SpecMap inner && key.StartsWith(name + ".", StringComparison.Ordinal) && Find(inner, key[(name.Length + 1)..]) is { } found)
                return found;
        }

        return null;
    }

    private static string Text(SpecNode node) => node switch
    {
        SpecScalar scalar => scalar.Text,
        SpecList list => $"[{string.Join(", ", list.Items.Select(Text))}]",
        SpecMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{entry.Key}: {Text(entry.Value)}"))}}}",
        _ => "",
    };
}
