using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Specs;

/// <summary>Where every value of a merged tree was written, by path.</summary>
internal static class OriginIndex
{
    public static SortedDictionary<string, Origin> Of(SpecNode tree)
    {
        var origins = new SortedDictionary<string, Origin>(StringComparer.Ordinal);
        Add(tree, "", origins);
        return origins;
    }

    private static void Add(SpecNode node, string path, SortedDictionary<string, Origin> origins)
    {
        if (path.Length > 0)
            origins[path] = node.Origin;
        if (node is SpecMap map)
        {
            foreach (var entry in map.Entries)
                Add(entry.Value, SpecPath.Join(path, entry.Key), origins);
        }

        if (node is SpecList list)
        {
            for (var i = 0; i < list.Items.Count; i++)
                Add(list.Items[i], $"{path}[{i}]", origins);
        }
    }
}
