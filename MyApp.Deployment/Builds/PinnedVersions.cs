using MyApp.Deployment.Builds.Trust;

namespace MyApp.Deployment.Builds;

/// <summary><c>policy.deps</c>: versions that modules must have.</summary>
public static class PinnedVersions
{
    /// <summary>One line for each violation. A pin of something that is not a dependency says nothing.</summary>
    public static IReadOnlyList<string> Problems(string service, IEnumerable<Component> components, IReadOnlyDictionary<string, string> pins) =>
        [.. components.Where(c => pins.TryGetValue(c.Name, out var wanted) && wanted != c.Version)
            .Select(c => $"{service}: {c.Name} is {c.Version}, and policy.deps wants {pins[c.Name]}")];
}
