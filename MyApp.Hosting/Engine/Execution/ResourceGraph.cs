namespace MyApp.Hosting.Engine.Execution;

/// <summary>Who waits for whom.</summary>
internal sealed class ResourceGraph
{
    private readonly DistributedApplicationModel model;
    private readonly Dictionary<IResource, int> depths = [];

    private ResourceGraph(DistributedApplicationModel model)
    {
        this.model = model;
        foreach (var resource in model.Resources)
            Depth(resource, []);
    }

    /// <exception cref="DistributedApplicationException">Waits form a cycle, or a resource waits for one that is not part of the application.</exception>
    public static ResourceGraph Of(DistributedApplicationModel model)
    {
        foreach (var resource in model.Resources)
        {
            var stranger = Waits(resource).FirstOrDefault(d => !model.Resources.Contains(d));
            if (stranger is not null)
                throw new DistributedApplicationException($"'{resource.Name}' waits for '{stranger.Name}', which is not part of the application.");
            if (Cycle([resource]) is { } cycle)
                throw new DistributedApplicationException($"Resources wait for each other in a circle: {string.Join(" → ", cycle.Select(r => r.Name))}.");
        }

        return new ResourceGraph(model);
    }

    /// <summary>Those nobody depends on first; each wave may stop when the one before it has.</summary>
    public IEnumerable<IReadOnlySet<IResource>> StopWaves() =>
        model.Resources.GroupBy(r => depths[r]).OrderByDescending(g => g.Key).Select(g => g.ToHashSet());

    private static List<IResource>? Cycle(List<IResource> path)
    {
        foreach (var next in Waits(path[^1]))
        {
            if (ReferenceEquals(next, path[0]))
                return [.. path, next];
            if (!path.Contains(next) && Cycle([.. path, next]) is { } cycle)
                return cycle;
        }

        return null;
    }

    // References order the stop as waits do, but two resources may well refer to each other: a way back is not followed.
    private int Depth(IResource resource, HashSet<IResource> way)
    {
        if (depths.TryGetValue(resource, out var known))
            return known;
        way.Add(resource);
        var depth = 0;
        foreach (var dependency in Dependencies(resource).Where(d => !way.Contains(d) && model.Resources.Contains(d)))
            depth = Math.Max(depth, Depth(dependency, way) + 1);
        way.Remove(resource);
        return depths[resource] = depth;
    }

    private static IEnumerable<IResource> Waits(IResource resource) => resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource).Distinct();

    private static IEnumerable<IResource> Dependencies(IResource resource)
    {
        var named = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => r.Resource);
        return resource is IResourceWithParent child ? named.Append(child.Parent).Distinct() : named.Distinct();
    }
}
