using MyApp.Supervision.Units;

namespace MyApp.Supervision.Ordering;

/// <summary>Who needs whom among the services of one environment. Names that are not in it are nobody's business here.</summary>
public sealed class DependencyGraph
{
    private readonly SortedDictionary<string, IReadOnlyList<string>> needs = new(StringComparer.Ordinal);

    /// <param name="units">Several of one service (releases) count together.</param>
    public DependencyGraph(IEnumerable<Unit> units)
        : this(units.Select(u => (u.Service, u.DependsOn)))
    {
    }

    public DependencyGraph(IEnumerable<(string Service, IReadOnlyList<UnitDependency> DependsOn)> services)
    {
        foreach (var service in services.GroupBy(s => s.Service, StringComparer.Ordinal))
            needs[service.Key] = [.. service.SelectMany(s => s.DependsOn).Select(d => d.Service).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>A circle as <c>a → b → a</c>; null: there is none.</summary>
    public string? Cycle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        return needs.Keys.Select(name => CycleFrom(name, [], done)).FirstOrDefault(found => found is not null);
    }

    /// <summary>Every service after all that need it: the order to stop them in. In a circle somebody has to be first.</summary>
    public IReadOnlyList<string> DependentsFirst()
    {
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        void Visit(string name)
        {
            if (!needs.TryGetValue(name, out var below) || !seen.Add(name))
                return;
            foreach (var needed in below)
                Visit(needed);
            order.Add(name);
        }

        foreach (var name in needs.Keys)
            Visit(name);
        order.Reverse();
        return order;
    }

    /// <summary>Who needs this one directly.</summary>
    public IEnumerable<string> DependentsOf(string name) => needs.Where(n => n.Value.Contains(name)).Select(n => n.Key);

    private string? CycleFrom(string name, List<string> path, HashSet<string> done)
    {
        var at = path.IndexOf(name);
        if (at >= 0)
            return string.Join(" → ", path.Skip(at).Append(name));
        if (done.Contains(name) || !needs.TryGetValue(name, out var below))
            return null;
        path.Add(name);
        var found = below.Select(next => CycleFrom(next, path, done)).FirstOrDefault(cycle => cycle is not null);
        path.RemoveAt(path.Count - 1);
        done.Add(name);
        return found;
    }
}
