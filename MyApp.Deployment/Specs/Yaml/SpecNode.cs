using MyApp.Deployment.Layering;

namespace MyApp.Deployment.Specs.Yaml;

/// <summary>A YAML document as a tree that remembers where everything was written. Nothing is typed yet.</summary>
internal abstract record SpecNode(Origin Origin);

internal sealed record SpecScalar(string Text, bool Plain, Origin Origin) : SpecNode(Origin)
{
    /// <summary>Written as nothing, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null";
}

internal sealed record SpecList(IReadOnlyList<SpecNode> Items, Origin Origin) : SpecNode(Origin);

internal sealed record SpecMap(IReadOnlyList<SpecEntry> Entries, Origin Origin) : SpecNode(Origin)
{
    public SpecNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

internal sealed record SpecEntry(string Key, Origin Origin, SpecNode Value);
