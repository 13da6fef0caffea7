using MyApp.Deployment.Specs;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Configs;

namespace MyApp.Deployment.Layering;

/// <summary>What lies around a spec file for one environment: what the control plane keeps below it, and what the caller sets above it.</summary>
public sealed class SpecLayers
{
    private readonly SpecMap variables;
    private readonly SpecMap commandLine;
    private readonly Func<string, IReadOnlyList<RemoteValue>> remote;

    private SpecLayers(string environment, SpecMap variables, SpecMap commandLine, Func<string, IReadOnlyList<RemoteValue>> remote)
    {
        Environment = environment;
        this.variables = variables;
        this.commandLine = commandLine;
        this.remote = remote;
    }

    public string Environment { get; }

    /// <param name="variables">The process environment; those that begin with <see cref="SetValues.VariablePrefix"/> count.</param>
    /// <param name="sets">Each <c>PATH=VALUE</c>, as the command line gives it.</param>
    /// <param name="remote">What the control plane keeps for a service in the environment; null: it was not asked.</param>
    /// <param name="problems">Told what is wrong with variables and sets.</param>
    public static SpecLayers Of(
        string environment, IEnumerable<KeyValuePair<string, string>> variables, IReadOnlyList<string> sets, Func<string, IReadOnlyList<RemoteValue>>? remote, List<SpecProblem> problems)
    {
        var (ofVariables, ofCommandLine) = (SetValues.OfVariables(variables, problems), SetValues.OfCommandLine(sets, problems));
        var schema = SpecReference.ReadOverlaySchema();
        schema.Check(ofVariables, "", problems);
        schema.Check(ofCommandLine, "", problems);
        return new(environment, ofVariables, ofCommandLine, remote ?? (_ => []));
    }

    internal IReadOnlyList<RemoteValue> Remote(string service) => remote(service);

    internal IEnumerable<ConfigLayer> Below(string service, List<SpecProblem> problems)
    {
        SpecNode tree = new SpecMap([], new(RemoteValue.Source, 0, 0));
        var values = remote(service);
        foreach (var value in values.Where(value => !RemoteKeys.IsApplication(value.Key) || ConfigNames.IsKey(value.Key)))
            tree = LayerStack.Merge(tree, SetValues.Tree(value.Key, value.Value, value.Origin, problems));
        if (values.Count == 0)
            yield break;
        SpecReference.ReadOverlaySchema().Check(tree, "", problems);
        yield return new(LayerKind.ConfigServer, "config server", (SpecMap)tree);
    }

    internal IEnumerable<ConfigLayer> Above()
    {
        if (variables.Entries.Count > 0)
            yield return new(LayerKind.ProcessEnvironment, "process environment", variables);
        if (commandLine.Entries.Count > 0)
            yield return new(LayerKind.CommandLine, "command line", commandLine);
    }
}
