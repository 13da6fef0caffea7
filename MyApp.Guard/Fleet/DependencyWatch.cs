using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Keeps an eye on the dependencies whose loss matters while an instance is up.</summary>
internal sealed class DependencyWatch : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<DependencyView> views = [];
    private readonly HashSet<DependencyView> seen = [];
    private readonly HashSet<DependencyView> lost = [];
    private readonly TimeProvider clock;
    private readonly Action<InstanceEvent> post;

    public DependencyWatch(Unit unit, GuardContext context, OutsidePoll outside, Action<InstanceEvent> post)
    {
        (clock, this.post) = (context.Clock, post);
        foreach (var dependency in unit.DependsOn.Where(d => d.OnLoss != DependencyLoss.Ignore))
        {
            DependencyView? view = null;
            view = new DependencyView(unit, dependency, context.Board, outside, () => Look(Volatile.Read(ref view)));
            lock (gate)
                views.Add(view);
            Look(view);
        }
    }

    /// <summary>The first of those that are away, in words; null: none is.</summary>
    public string? Lost
    {
        get
        {
            lock (gate)
                return views.Find(lost.Contains)?.Words;
        }
    }

    public void Dispose()
    {
        List<DependencyView> all;
        lock (gate)
        {
            all = [.. views];
            views.Clear();
        }

        all.ForEach(v => v.Dispose());
    }

    // What was not there yet when the watch began has not been lost: it is told of as soon as it has been seen.
    private void Look(DependencyView? view)
    {
        if (view is null)
            return;
        lock (gate)
        {
            if (!views.Contains(view))
                return;
            if (view.IsThere)
            {
                seen.Add(view);
                if (lost.Remove(view) && lost.Count == 0)
                    post(new DependenciesBack(clock.GetUtcNow()));
            }
            else if (seen.Contains(view) && lost.Add(view))
            {
                post(new DependencyLost(clock.GetUtcNow(), view.Dependency.OnLoss, $"{view.Words} was lost"));
            }
        }
    }
}
