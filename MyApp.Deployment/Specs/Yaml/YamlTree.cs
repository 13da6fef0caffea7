using MyApp.Deployment.Layering;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MyApp.Deployment.Specs.Yaml;

/// <summary>
/// Reads one YAML document from parser events. Nothing is constructed from tags, and size, depth and the number of nodes, each alias
/// counted with all it stands for, are bounded: a spec may come from anybody.
/// </summary>
internal sealed class YamlTree
{
    public const int MaxCharacters = 256 * 1024;
    private const int MaxDepth = 24;
    private const string MergeKey = "<<";
    private const int MaxNodes = 20_000;

    private readonly string fileName;
    private readonly List<SpecProblem> problems;
    private readonly Parser parser;
    private readonly Dictionary<string, Anchored> anchors = new(StringComparer.Ordinal);
    private int nodes;

    private YamlTree(string text, string fileName, List<SpecProblem> problems)
    {
        this.fileName = fileName;
        this.problems = problems;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>Null where the text is no single YAML document; <paramref name="problems"/> then say why.</summary>
    public static SpecNode? Read(string text, string fileName, List<SpecProblem> problems)
    {
        var start = new Origin(fileName, 1, 1);
        if (text.Length > MaxCharacters)
        {
            problems.Add(new("", $"the file is larger than {MaxCharacters / 1024} KiB", start));
            return null;
        }

        var tree = new YamlTree(text, fileName, problems);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            problems.Add(new("", $"not valid YAML: {Sentence(e.Message)}", new(fileName, (int)e.Start.Line, (int)e.Start.Column)));
            return null;
        }
        catch (SpecTreeException e)
        {
            problems.Add(new("", e.Message, e.Origin));
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16's scanner throws it, without a place, for some texts that are no YAML. What was read before is near it.
            problems.Add(new("", "not valid YAML: it can't be read on after this", tree.Reached, "look for a bracket or a quotation mark too many"));
            return null;
        }
    }

    private Origin Reached => parser.Current is { } last ? new(fileName, Math.Max(1, (int)last.End.Line), Math.Max(1, (int)last.End.Column)) : new(fileName, 1, 1);

    private SpecNode? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            problems.Add(new("", "the file is empty", new(fileName, 1, 1), "write at least 'service: NAME'"));
            return null;
        }

        parser.Consume<DocumentStart>();
        var root = ReadNode(0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            throw new SpecTreeException("a second YAML document begins here", At(second), "write several services as a list under 'services:'");
        return root;
    }

    private SpecNode ReadNode(int depth)
    {
        var next = parser.Current ?? Next();
        if (depth > MaxDepth)
            throw new SpecTreeException($"nested deeper than {MaxDepth} levels", At(next));
        Count(1, next);
        if (next is AnchorAlias alias)
            return Resolve(alias);
        if (next is not NodeEvent node)
            throw new SpecTreeException("a value is missing", At(next));
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            throw new SpecTreeException($"tags are not used here: '{node.Tag.Value}'", At(node), "remove the tag");
        return ReadAnchored(node, depth);
    }

    private SpecNode ReadAnchored(NodeEvent node, int depth)
    {
        if (node.Anchor.IsEmpty)
            return ReadContent(node, depth);
        // Known as open while it is read, so that a value that contains itself is told from one that was never anchored.
        anchors[node.Anchor.Value] = new(null, 0);
        var before = nodes;
        var value = ReadContent(node, depth);
        anchors[node.Anchor.Value] = new(value, nodes - before + 1);
        return value;
    }

    private SpecNode Resolve(AnchorAlias alias)
    {
        parser.Consume<AnchorAlias>();
        if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new SpecTreeException($"nothing is anchored as '&{alias.Value.Value}'", At(alias));
        if (anchored.Node is null)
            throw new SpecTreeException($"'*{alias.Value.Value}' would contain itself", At(alias));
        Count(anchored.Nodes, alias);
        return anchored.Node;
    }

    private SpecNode ReadContent(NodeEvent node, int depth) => node switch
    {
        Scalar => ReadScalar(),
        SequenceStart => ReadList(depth),
        _ => ReadMap(depth),
    };

    private SpecScalar ReadScalar()
    {
        var scalar = parser.Consume<Scalar>();
        if (scalar.Value.Contains('\0', StringComparison.Ordinal))
            throw new SpecTreeException("a text holds a NUL character, which no program could be given", At(scalar));
        return new(scalar.Value, scalar.Style == ScalarStyle.Plain, At(scalar));
    }

    private SpecList ReadList(int depth)
    {
        var start = parser.Consume<SequenceStart>();
        var items = new List<SpecNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new(items, At(start));
    }

    private SpecMap ReadMap(int depth)
    {
        var start = parser.Consume<MappingStart>();
        var entries = new List<SpecEntry>();
        var merged = new List<SpecEntry>();
        var seen = new Dictionary<string, Origin>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1) as SpecScalar ?? throw new SpecTreeException("a key must be a plain word", At(start));
            var value = ReadNode(depth + 1);
            if (key is { Plain: true, Text: MergeKey })
            {
                merged.AddRange(Merged(value));
                continue;
            }

            if (seen.TryGetValue(key.Text, out var first))
                problems.Add(new(key.Text, $"the key '{key.Text}' was already given at {first.Line}:{first.Column}", key.Origin, "keep one of them"));
            else
                entries.Add(new(key.Text, key.Origin, value));
            seen.TryAdd(key.Text, key.Origin);
        }

        entries.AddRange(merged.Where(entry => seen.TryAdd(entry.Key, entry.Origin)));
        return new(entries, At(start));
    }

    // What is written in the map itself goes before what is merged, and the first of several merged maps before the next.
    private static IEnumerable<SpecEntry> Merged(SpecNode value) => value switch
    {
        SpecMap map => map.Entries,
        SpecList list when list.Items.All(item => item is SpecMap) => list.Items.Cast<SpecMap>().SelectMany(map => map.Entries),
        _ => throw new SpecTreeException("'<<' merges a map or a list of maps", value.Origin, "write <<: *NAME"),
    };

    private ParsingEvent Next() => parser.MoveNext() && parser.Current is { } current
        ? current
        : throw new SpecTreeException("the file ends too early", new(fileName, 1, 1));

    private void Count(int more, ParsingEvent at)
    {
        nodes += more;
        if (nodes > MaxNodes)
            throw new SpecTreeException($"more than {MaxNodes} values, aliases counted with all they stand for", At(at));
    }

    private Origin At(ParsingEvent e) => new(fileName, (int)e.Start.Line, (int)e.Start.Column);

    private static string Sentence(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');

    private readonly record struct Anchored(SpecNode? Node, int Nodes);
}
