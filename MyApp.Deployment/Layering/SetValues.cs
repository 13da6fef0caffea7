using MyApp.Deployment.Secrets;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Layering;

/// <summary>Values given one by one, by the path of their key, as a tree: of the command line, of variables, of the config server.</summary>
public static class SetValues
{
    /// <summary>Variables of the process environment that set a value: <c>MYAPP_SET_RUN__ENV__GIN_MODE=release</c>.</summary>
    public const string VariablePrefix = "MYAPP_SET_";

    /// <summary>Begins the origin of what <c>--set</c> gives.</summary>
    private const string CommandLine = "command line";

    /// <summary>A value as it would stand in a spec: a word, or a list or a map in YAML's flow style.</summary>
    /// <param name="path">E.g. <c>run.env.GIN_MODE</c>, <c>+run.args</c> at its last name to append.</param>
    internal static SpecMap Tree(string path, string value, Origin origin, List<SpecProblem> problems)
    {
        var names = Split(path);
        if (names.Any(name => name.Length == 0))
            problems.Add(new(path, $"'{path}' is no path of a key", origin, "write it as run.env.NAME"));
        var read = new List<SpecProblem>();
        // The application's own are taken as they are: other clients read them too.
        var node = RemoteKeys.IsApplication(path) ? new SpecScalar(value, ConfigValue.LooksLiteral(value), origin)
            : value.Length == 0 ? new SpecScalar("", Plain: false, origin) : YamlTree.Read(value, origin.File, read) ?? new SpecScalar(value, Plain: false, origin);
        if (read.Count > 0)
            node = new SpecScalar(value, Plain: false, origin);
        node = At(node, origin);
        for (var i = names.Count - 1; i >= 0; i--)
            node = new SpecMap([new SpecEntry(names[i], origin, node)], origin);
        return (SpecMap)node;
    }

    /// <summary>What <c>--set</c> gives, later ones above earlier ones. What looks like a secret is refused: every process of the host sees a command line.</summary>
    internal static SpecMap OfCommandLine(IReadOnlyList<string> given, List<SpecProblem> problems)
    {
        SpecNode tree = new SpecMap([], new("--set", 0, 0));
        for (var i = 0; i < given.Count; i++)
        {
            var equals = given[i].IndexOf('=', StringComparison.Ordinal);
            var origin = new Origin($"{CommandLine} --set {Shown(given[i])}", 0, 0);
            if (equals <= 0)
            {
                problems.Add(new("", $"'{given[i]}' sets nothing", origin, "write --set PATH=VALUE"));
                continue;
            }

            var one = Tree(given[i][..equals], given[i][(equals + 1)..], origin, problems);
            foreach (var (name, _) in Leaves(one, "").Where(leaf => PlaintextSecret.IsOne(leaf.Name, leaf.Text)).Take(1))
                problems.Add(new(given[i][..equals], "this looks like a secret, and what is on a command line others can read", origin, PlaintextSecret.Fix(name.Length > 0 ? name : "NAME")));
            tree = LayerStack.Merge(tree, one);
        }

        return (SpecMap)tree;
    }

    /// <summary>What variables give. Two underscores part names; case is that of the key whose letters they are, and of names of variables as it is.</summary>
    internal static SpecMap OfVariables(IEnumerable<KeyValuePair<string, string>> variables, List<SpecProblem> problems)
    {
        SpecNode tree = new SpecMap([], new("environment", 0, 0));
        foreach (var (name, value) in variables.Where(pair => pair.Key.StartsWith(VariablePrefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var path = SpecReference.ReadSchema().Spell(name[VariablePrefix.Length..].Split("__"));
            tree = LayerStack.Merge(tree, Tree(string.Join('.', path), value, new(name, 0, 0), problems));
        }

        return (SpecMap)tree;
    }

    // Its value may be what nobody should read in a message.
    private static string Shown(string set) => set.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? set[..equals] : set;

    // Scalars, each with the name of its key; an argument --key=value has that of the key.
    private static IEnumerable<(string Name, string Text)> Leaves(SpecNode node, string name) => node switch
    {
        SpecMap map => map.Entries.SelectMany(entry => Leaves(entry.Value, LayerStack.BareName(entry.Key))),
        SpecList list => list.Items.SelectMany(item => Leaves(item, "")),
        SpecScalar { Text: ['-', ..] option } when option.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals => [(option[..equals].TrimStart('-'), option[(equals + 1)..])],
        SpecScalar scalar => [(name, scalar.Text)],
        _ => [],
    };

    // 'preflight.spec.root' and names of variables keep their dots; every other key has none.
    private static IReadOnlyList<string> Split(string path)
    {
        const string env = "run.env.", levels = "preflight.";
        var append = path.StartsWith(LayerStack.Append) ? "+" : "";
        var bare = path[append.Length..];
        List<string> names = bare.StartsWith(env, StringComparison.Ordinal) ? ["run", "env", bare[env.Length..]]
            : bare.StartsWith(levels, StringComparison.Ordinal) ? ["preflight", bare[levels.Length..]]
            : [.. bare.Split('.')];
        names[^1] = append + names[^1];
        return names;
    }

    private static SpecNode At(SpecNode node, Origin origin) => node switch
    {
        SpecMap map => new SpecMap([.. map.Entries.Select(entry => entry with { Origin = origin, Value = At(entry.Value, origin) })], origin),
        SpecList list => new SpecList([.. list.Items.Select(item => At(item, origin))], origin),
        _ => node with { Origin = origin },
    };
}
