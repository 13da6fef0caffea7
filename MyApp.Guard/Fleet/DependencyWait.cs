using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>Asks an address or a program again and again, until disposed; the answer comes with what it said.</summary>
internal delegate IDisposable OutsidePoll(UnitDependency dependency, Action<bool, string> onAnswer);

/// <summary>One thing a unit depends on, watched: another service through the board, everything else by asking.</summary>
internal sealed class DependencyView : IDisposable
{
    private readonly ServiceBoard board;
    private readonly ServiceKey service;
    private readonly Action onChange;
    private readonly IDisposable? poll;
    private volatile bool answered;
    private volatile string text = "not asked yet";

    public DependencyView(Unit unit, UnitDependency dependency, ServiceBoard board, OutsidePoll outside, Action onChange)
    {
        (Dependency, this.board, this.onChange) = (dependency, board, onChange);
        service = new ServiceKey(unit.Environment, dependency.Service ?? "");
        if (dependency.Service is null)
            poll = outside(dependency, Take);
        else
            board.Subscribe(service, onChange);
    }

    public UnitDependency Dependency { get; }

    public bool IsThere => poll is null ? board.Of(service).Meets(Dependency.Condition) : answered;

    /// <summary>E.g. <c>db: postgres://127.0.0.1:5432: connection refused</c>.</summary>
    public string Words => poll is null
        ? $"{Dependency.Name}: the service {service.Service} is not {Dependency.Condition.ToString().ToLowerInvariant()}"
        : $"{Dependency.Name}: {text}";

    public void Dispose()
    {
        poll?.Dispose();
        if (poll is null)
            board.Unsubscribe(service, onChange);
    }

    private void Take(bool there, string said)
    {
        (answered, text) = (there, said);
        onChange();
    }
}

/// <summary>Waits until everything a unit depends on is there at one moment; tells once, or that the time of one of them is over.</summary>
internal sealed class DependencyWait : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<DependencyView> views = [];
    private readonly List<ITimer> timers = [];
    private readonly Action onMet;
    private readonly Action<string> onTimeout;
    private bool over;

    public DependencyWait(Unit unit, GuardContext context, OutsidePoll outside, Action onMet, Action<string> onTimeout)
    {
        (this.onMet, this.onTimeout) = (onMet, onTimeout);
        lock (gate)
        {
            foreach (var dependency in unit.DependsOn)
            {
                var view = new DependencyView(unit, dependency, context.Board, outside, Look);
                views.Add(view);
                timers.Add(context.Clock.CreateTimer(_ => TimeOut(view), null, dependency.Timeout, Timeout.InfiniteTimeSpan));
            }
        }

        Look();
    }

    /// <summary>What is still missing, in words; null: nothing.</summary>
    public string? Missing
    {
        get
        {
            lock (gate)
                return views.FirstOrDefault(v => !v.IsThere)?.Words;
        }
    }

    public void Dispose() => End();

    private void Look()
    {
        lock (gate)
        {
            if (over || views.Exists(v => !v.IsThere))
                return;
        }

        if (End())
            onMet();
    }

    private void TimeOut(DependencyView view)
    {
        if (!view.IsThere && End())
            onTimeout($"not started: {view.Words}; it was waited for {view.Dependency.Timeout.TotalSeconds:0.###} s");
    }

    // The lock is never held while somebody else's is taken.
    private bool End()
    {
        lock (gate)
        {
            if (over)
                return false;
            over = true;
        }

        timers.ForEach(t => t.Dispose());
        views.ForEach(v => v.Dispose());
        return true;
    }
}
