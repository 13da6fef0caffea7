namespace MyApp.Deployment.Specs;

/// <summary>What reference.yaml says of each key, taken from the comments above it.</summary>
/// <param name="Path">With <c>[]</c> for the items of a list and <c>&lt;NAME&gt;</c> for a name of one's own.</param>
/// <param name="Example">What stands after the key; empty: a map or a list follows.</param>
/// <param name="Text">In one paragraph; empty where the key says it all.</param>
public sealed record DocumentedKey(string Path, string Example, string Text);

/// <summary>reference.yaml read as documentation. Its shape is fixed: two spaces a level, comments right above what they are about.</summary>
public static class SpecDocumentation
{
    /// <summary>In the order of the file, each path once.</summary>
    public static IReadOnlyList<DocumentedKey> Keys()
    {
        var keys = new List<DocumentedKey>();
        var above = new List<(int Indent, string Path)>();
        var comment = new List<string>();
        foreach (var line in SpecReference.ReadText().Split('\n'))
        {
            var text = line.TrimStart();
            if (text.StartsWith('#'))
                comment.Add(text[1..].Trim());
            else if (text.Length == 0)
                comment.Clear();
            else
                Take(line.Length - text.Length, text, string.Join(' ', comment), above, keys);
            if (text.Length > 0 && !text.StartsWith('#') && text != "-")
                comment.Clear();
        }

        return [.. keys.DistinctBy(key => key.Path)];
    }

    private static void Take(int indent, string text, string comment, List<(int Indent, string Path)> above, List<DocumentedKey> keys)
    {
        var isItem = text.StartsWith("- ", StringComparison.Ordinal);
        if (isItem)
        {
            indent += 2;
            text = text[2..];
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.StartsWith('#'))
            return;
        above.RemoveAll(each => each.Indent >= indent);
        var parent = above.Count == 0 ? "" : above[^1].Path;
        if (isItem && !parent.EndsWith("[]", StringComparison.Ordinal))
        {
            parent += "[]";
            above.Add((indent - 1, parent));
        }

        var path = SpecPath.Join(parent, text[..colon]);
        above.Add((indent, path));
        var value = text[(colon + 1)..].Trim();
        keys.Add(new(path, value, comment));
    }
}
