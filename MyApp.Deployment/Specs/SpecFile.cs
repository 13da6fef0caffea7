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
        Environments = [.. overlaid.Select(spec => spec.Environment).Distinct(StringComparer.Ordinal)];
    }

    public string FileName { get; }

    /// <summary>Names, in the order of the file.</summary>
    public IReadOnlyList<string> Services { get; }

    /// <summary>Those that have an overlay. Others are allowed, and get the spec as it stands.</summary>
    public IReadOnlyList<string> Environments { get; }

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
