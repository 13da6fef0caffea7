using MyApp.Deployment.Environments;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Layering;

/// <summary>The layers of one service of a spec file, for any environment.</summary>
/// <param name="service">As written, with its <c>environments</c>.</param>
/// <param name="around">Null: nothing but the file counts.</param>
internal sealed class ServiceLayers(SpecMap service, SpecLayers? around)
{
    private const string Environments = "environments";

    public SpecMap Own { get; } = new([.. service.Entries.Where(entry => entry.Key != Environments)], service.Origin);

    /// <summary>As it stands in the file.</summary>
    public SpecMap Written { get; } = service;

    public string Name => (Written.Find("service") as SpecScalar)?.Text ?? "";

    /// <summary>Environments with an overlay.</summary>
    public IEnumerable<string> Overlaid => Overlays().Select(entry => entry.Key);

    /// <summary>Those with an overlay, and the one the surroundings are for.</summary>
    public IEnumerable<string> Known() => around is null ? Overlaid : Overlaid.Append(around.Environment).Distinct(StringComparer.Ordinal);

    /// <summary>What an environment inherits from, the nearest first.</summary>
    /// <param name="problems">Told of a cycle, and of a parent that is no name.</param>
    public IReadOnlyList<string> Inherits(string environment, List<SpecProblem> problems)
    {
        var line = new List<string>();
        for (var at = environment; ParentOf(at) is { } parent; at = parent.Text)
        {
            if (!Names.IsValid(parent.Text))
            {
                problems.Add(new($"{Environments}.{at}.{EnvironmentBinder.Parent}", $"'{parent.Text}' is no name of an environment", parent.Origin, Names.Rule));
                break;
            }

            if (parent.Text == environment || line.Contains(parent.Text, StringComparer.Ordinal))
            {
                problems.Add(new($"{Environments}.{at}.{EnvironmentBinder.Parent}", $"{string.Join(" → ", line.Prepend(environment).Append(parent.Text))}: an environment can't inherit from itself", parent.Origin, "remove one of them"));
                break;
            }

            line.Add(parent.Text);
        }

        return line;
    }

    /// <summary>What holds for shipping to an environment.</summary>
    /// <param name="inherits">As <see cref="Inherits"/> has it.</param>
    public EnvironmentRules RulesOf(string environment, IReadOnlyList<string> inherits, List<SpecProblem> problems) => EnvironmentBinder.Bind(
        from name in inherits.Prepend(environment) let map = WrittenOverlay(name) where map is not null select (name, map), problems);

    /// <summary>Lowest first.</summary>
    public IReadOnlyList<ConfigLayer> Of(string environment, List<SpecProblem> problems)
    {
        var layers = new List<ConfigLayer>();
        var isAround = around?.Environment == environment;
        if (isAround)
            layers.AddRange(around!.Below(Name, problems));
        layers.Add(new(LayerKind.ProjectFile, "project file", Own));
        foreach (var each in Inherits(environment, []).Reverse().Append(environment))
        {
            if (Overlay(each) is { } overlay)
                layers.Add(new(LayerKind.Overlay, $"environment {each}", overlay));
        }

        if (isAround)
            layers.AddRange(around!.Above());
        return layers;
    }

    /// <summary>Told where the config server's values of an application are delivered and can't be.</summary>
    public void RefuseUndeliverable(string environment, List<SpecProblem> problems)
    {
        if (around?.Environment == environment)
            problems.AddRange(RemoteKeys.Undeliverable(around.Remote(Name)));
    }

    public static SpecMap Merge(IEnumerable<ConfigLayer> layers) => (SpecMap)LayerStack.Resolve(layers.Aggregate(
        new SpecMap([], default), (below, layer) => (SpecMap)LayerStack.Merge(WithoutReplaced(below, layer.Tree), layer.Tree) with { Origin = layer.Tree.Origin }));

    // 'port' and 'ports' are two spellings of one value, so either replaces the other.
    private static SpecMap WithoutReplaced(SpecMap below, SpecMap above)
    {
        var given = above.Find("port") is not null || above.Find("ports") is not null;
        return given ? new([.. below.Entries.Where(entry => entry.Key is not "port" and not "ports")], below.Origin) : below;
    }

    private IReadOnlyList<SpecEntry> Overlays() => Written.Find(Environments) is SpecMap map ? map.Entries : [];

    private SpecMap? WrittenOverlay(string environment) => Overlays().FirstOrDefault(entry => entry.Key == environment)?.Value as SpecMap;

    private SpecMap? Overlay(string environment) =>
        WrittenOverlay(environment) is { } map ? new([.. map.Entries.Where(entry => !EnvironmentBinder.IsRule(entry.Key))], map.Origin) : null;

    private SpecScalar? ParentOf(string environment) => WrittenOverlay(environment)?.Find(EnvironmentBinder.Parent) as SpecScalar;
}
