using MyApp.Deployment.Environments;
using MyApp.Deployment.Layering;

namespace MyApp.Deployment.Specs;

/// <summary>A spec file without problems.</summary>
public sealed class SpecFile
{
    private readonly IReadOnlyList<ServiceSpec> plain;
    private readonly IReadOnlyList<ServiceSpec> overlaid;

    private readonly IReadOnlyList<ServiceLayers> layers;

    internal SpecFile(string fileName, IReadOnlyList<ServiceSpec> plain, IReadOnlyList<ServiceSpec> overlaid, IReadOnlyList<ServiceLayers> layers)
    {
        this.layers = layers;
        FileName = fileName;
        this.plain = plain;
        this.overlaid = overlaid;
        Services = [.. plain.Select(spec => spec.Service)];
        Environments = [.. layers.SelectMany(each => each.Overlaid).Distinct(StringComparer.Ordinal)];
    }

    public string FileName { get; }

    /// <summary>Names, in the order of the file.</summary>
    public IReadOnlyList<string> Services { get; }

    /// <summary>Those that have an overlay.</summary>
    public IReadOnlyList<string> Environments { get; }

    /// <summary>Every environment that can be shipped to: the built-in ones, which without an overlay get the spec as it stands, then the file's own.</summary>
    public IReadOnlyList<string> AllEnvironments => [.. BuiltInEnvironments.Names.Union(Environments, StringComparer.Ordinal)];

    /// <summary>Why an environment can't be shipped to, for a person; null: it can.</summary>
    public string? UnknownEnvironment(string environment)
    {
        if (AllEnvironments.Contains(environment, StringComparer.Ordinal))
            return null;
        var fix = Nearest.To(environment, AllEnvironments) is { } near ? $"did you mean '{near}'? Or" : $"there are {string.Join(", ", AllEnvironments)}; or";
        return $"{FileName} has no environment '{environment}': {fix} add it, as in 'environments: {{ {environment}: {{}} }}'";
    }

    public IReadOnlyList<ServiceSpec> For(string environment) => [.. Services.Select(name => Find(name, environment)!)];

    /// <summary>The service with the environment's overlay applied; null where the file has no such service.</summary>
    public ServiceSpec? Find(string service, string environment) =>
        overlaid.FirstOrDefault(spec => spec.Service == service && spec.Environment == environment)
        ?? (plain.FirstOrDefault(spec => spec.Service == service) is { } found ? found with { Environment = environment } : null);

    /// <summary>Where the values of a service's keys come from in an environment, every key that is written or the one asked for.</summary>
    public IReadOnlyList<Explanation> Explain(string service, string environment, string? key)
    {
        if (layers.FirstOrDefault(each => each.Name == service) is not { } found)
            return [];
        var explainer = new Explainer(found.Of(environment, []));
        return key is null ? explainer.All() : [explainer.Of(key)];
    }
}
