using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Ordering;

namespace MyApp.Deployment.Specs;

/// <summary>Reads <c>myapp.yaml</c>. Every problem of the file is found in one go; nothing is thrown for what a person can put right.</summary>
public static class SpecReader
{
    public const string DefaultFileName = "myapp.yaml";

    /// <summary>More would help nobody, and a hostile file could ask for millions.</summary>
    private const int MaxProblems = 100;

    /// <param name="around">What else counts for one environment; null: nothing but the file.</param>
    public static SpecReadResult Read(string text, string fileName, SpecLayers? around = null)
    {
        var problems = new List<SpecProblem>();
        var file = YamlTree.Read(text, fileName, problems) is { } root ? ReadFile(root, fileName, around, problems) : null;
        var sorted = problems
            .DistinctBy(problem => (problem.Origin, problem.Message))
            .OrderBy(problem => problem.Origin.Line).ThenBy(problem => problem.Origin.Column).ThenBy(problem => problem.Message, StringComparer.Ordinal)
            .Take(MaxProblems)
            .ToList();
        return new(sorted.Count == 0 ? file : null, sorted);
    }

    private static SpecFile? ReadFile(SpecNode root, string fileName, SpecLayers? around, List<SpecProblem> problems)
    {
        if (root is not SpecMap map)
        {
            problems.Add(new("", "the file must be a map of keys and values", root.Origin, "begin with 'service: NAME'"));
            return null;
        }

        SpecReference.ReadSchema().Check(root, "", problems);
        var services = ServicesOf(map, problems).Select(service => new ServiceLayers(service, around)).ToList();
        var plain = new List<ServiceSpec>();
        var overlaid = new List<ServiceSpec>();
        foreach (var service in services)
        {
            if (new SpecBinder(problems).Bind(ServiceLayers.Merge([new(LayerKind.ProjectFile, "", service.Own)]), "") is { } spec)
                plain.Add(spec);
            CheckEnvironments(service.Written, problems);
            foreach (var environment in service.Known())
                BindOverlay(service, environment, overlaid, problems);
        }

        RefuseRepeated(plain, problems);
        var file = new SpecFile(fileName, plain, overlaid, services);
        foreach (var environment in services.SelectMany(service => service.Known()).Distinct(StringComparer.Ordinal).Prepend(""))
            RefuseCycle(file.For(environment), problems);
        return file;
    }

    private static IEnumerable<SpecMap> ServicesOf(SpecMap root, List<SpecProblem> problems)
    {
        if (root.Find("services") is not { } node)
            return [root];
        if (root.Entries.FirstOrDefault(entry => entry.Key == "service") is { } name)
            problems.Add(new("service", "'service' stands beside 'services'", name.Origin, "each of the services has a name of its own"));
        var shared = new SpecMap([.. root.Entries.Where(entry => entry.Key is not ("service" or "services"))], root.Origin);
        if (node is SpecList { Items.Count: > 0 } list && list.Items.All(item => item is SpecMap))
            return list.Items.Cast<SpecMap>().Select(own => new SpecMap(((SpecMap)LayerStack.Merge(shared, own)).Entries, own.Origin));
        problems.Add(new("services", "services must be a list of services", node.Origin, "write each as - service: NAME"));
        return [];
    }

    private static void CheckEnvironments(SpecMap service, List<SpecProblem> problems)
    {
        if (service.Find("environments") is not { } environments || environments is SpecScalar { IsNull: true })
            return;
        if (environments is not SpecMap map)
        {
            problems.Add(new("environments", "environments must be a map of names", environments.Origin, "write environments: { prod: { replicas: 2 } }"));
            return;
        }

        foreach (var overlay in map.Entries)
        {
            if (!Names.IsValid(overlay.Key))
                problems.Add(new($"environments.{overlay.Key}", $"'{overlay.Key}' is no name of an environment", overlay.Origin, Names.Rule));
            if (overlay.Value is not (SpecMap or SpecScalar { IsNull: true }))
                problems.Add(new($"environments.{overlay.Key}", "an environment must be a map of keys and values", overlay.Value.Origin));
        }
    }

    private static void BindOverlay(ServiceLayers service, string environment, List<ServiceSpec> overlaid, List<SpecProblem> problems)
    {
        var inherits = service.Inherits(environment, problems);
        var rules = service.RulesOf(environment, inherits, problems);
        if (new SpecBinder(problems).Bind(ServiceLayers.Merge(service.Of(environment, problems)), environment) is not { } spec)
            return;
        if (spec.Config.IsDelivered)
            service.RefuseUndeliverable(environment, problems);
        overlaid.Add(spec with { Inherits = inherits, Rules = rules });
    }

    private static void RefuseCycle(IReadOnlyList<ServiceSpec> specs, List<SpecProblem> problems)
    {
        if (new DependencyGraph(specs.Select(spec => (spec.Service, spec.DependsOn))).Cycle() is not { } cycle)
            return;
        var first = specs.First(spec => cycle.StartsWith($"{spec.Service} → ", StringComparison.Ordinal));
        problems.Add(new("dependsOn", $"{cycle}: none of them could ever start", first.Origins["dependsOn"], "remove one of these dependencies"));
    }

    private static void RefuseRepeated(List<ServiceSpec> specs, List<SpecProblem> problems)
    {
        foreach (var again in specs.GroupBy(spec => spec.Service, StringComparer.Ordinal).SelectMany(group => group.Skip(1)))
            problems.Add(new("service", $"the service '{again.Service}' is there twice", again.Origins["service"]));
    }
}
