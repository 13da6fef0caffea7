using MyApp.Deployment.Builds.Trust;

namespace MyApp.Deployment.Builds;

/// <param name="Services">By name, in ordinal order.</param>
public sealed record ModuleVersion(string Version, IReadOnlyList<string> Services);

/// <summary>One module over all services.</summary>
/// <param name="Versions">In ordinal order.</param>
public sealed record ModuleVersions(string Name, IReadOnlyList<ModuleVersion> Versions)
{
    /// <summary>Not every service has the same.</summary>
    public bool Skew => Versions.Count > 1;

    /// <summary>By name, in ordinal order. A service that is built for several platforms counts once.</summary>
    public static IReadOnlyList<ModuleVersions> Of(IEnumerable<(string Service, IReadOnlyList<Component> Components)> services) =>
    [
        .. services.SelectMany(service => service.Components.Select(c => (c.Name, c.Version, service.Service)))
            .GroupBy(use => use.Name, StringComparer.Ordinal)
            .OrderBy(module => module.Key, StringComparer.Ordinal)
            .Select(module => new ModuleVersions(module.Key, [
                .. module.GroupBy(use => use.Version, StringComparer.Ordinal)
                    .OrderBy(version => version.Key, StringComparer.Ordinal)
                    .Select(version => new ModuleVersion(version.Key, [.. version.Select(use => use.Service).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]))])),
    ];
}
