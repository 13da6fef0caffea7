using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Console.Models;

/// <summary>A rollout's events, folded into its steps. Pure.</summary>
public sealed record Timeline(IReadOnlyList<TimelineStep> Steps, TimeSpan Total)
{
    public static Timeline Of(Rollout rollout, IReadOnlyList<RolloutEvent> events, DateTimeOffset now)
    {
        var begin = events.Count > 0 && events[0].Time < rollout.CreatedAt ? events[0].Time : rollout.CreatedAt;
        var end = rollout.IsFinal ? rollout.UpdatedAt : now;
        var entered = Visits(rollout, events);
        var steps = new List<TimelineStep>();
        for (var i = 0; i < entered.Count; i++)
        {
            var until = i + 1 < entered.Count ? entered[i + 1].Since : end;
            var notes = events.Where(e => e.State == entered[i].State && e.Message.Length > 0 && !IsFailure(rollout, e)).ToList();
            if (IsEnd(entered[i].State) && notes.Count == 0)
                continue;
            steps.Add(Step(rollout, entered, i, begin, until, notes, events));
        }

        if (!rollout.IsFinal && rollout.State < RolloutState.Succeeded)
            steps.AddRange(Ahead(rollout));
        return new Timeline(steps, end > begin ? end - begin : TimeSpan.Zero);
    }

    private static TimelineStep Step(
        Rollout rollout, List<Visit> visits, int i, DateTimeOffset begin, DateTimeOffset until, List<RolloutEvent> notes,
        IReadOnlyList<RolloutEvent> events)
    {
        var visit = visits[i];
        var measured = events.LastOrDefault(e => e.Kind == RolloutEventKind.Completed && e.State == visit.State)?.Duration;
        var last = i == visits.Count - 1;
        var state = (last, rollout.IsFinal) switch
        {
            (true, false) => StepState.Running,
            _ when IsBad(visit.State) => StepState.Failed,
            _ when !last && visits[i + 1].State is var next && IsBad(next) => StepState.Failed,
            _ => StepState.Done,
        };
        var duration = measured ?? (until > visit.Since ? until - visit.Since : TimeSpan.Zero);
        return new TimelineStep(visit.State, state, visit.Since > begin ? visit.Since - begin : TimeSpan.Zero, duration, notes);
    }

    /// <summary>The states entered, in order, each once; the recorded state too where its event is not here yet.</summary>
    private static List<Visit> Visits(Rollout rollout, IReadOnlyList<RolloutEvent> events)
    {
        var visits = new List<Visit>();
        foreach (var e in events.Where(e => e.Kind == RolloutEventKind.Entered))
        {
            // A resumed step is entered again: it goes on from when it was first entered.
            if (visits.Count == 0 || visits[^1].State != e.State)
                visits.Add(new Visit(e.State, e.Time));
        }

        if (visits.Count == 0 || visits[^1].State != rollout.State)
            visits.Add(new Visit(rollout.State, visits.Count == 0 ? rollout.CreatedAt : rollout.UpdatedAt));
        return visits;
    }

    private static IEnumerable<TimelineStep> Ahead(Rollout rollout) =>
        Enum.GetValues<RolloutState>()
        .Where(s => s > rollout.State && s < RolloutState.Succeeded)
        .Where(s => s switch
        {
            RolloutState.Preflight => true,
            RolloutState.Refreshing => rollout.Kind == RolloutKind.Refresh,
            RolloutState.Building => rollout.Kind == RolloutKind.Ship,
            _ => rollout.Kind != RolloutKind.Refresh,
        })
        .Select(s => new TimelineStep(s, StepState.Ahead, TimeSpan.Zero, null, []));

    // What it failed of is shown above the steps.
    private static bool IsFailure(Rollout rollout, RolloutEvent e) =>
        IsEnd(e.State) && rollout.Failure?.Contains(e.Message, StringComparison.Ordinal) is true;

    private static bool IsEnd(RolloutState state) =>
        state is RolloutState.Succeeded or RolloutState.Failed or RolloutState.RolledBack or RolloutState.Cancelled;

    private static bool IsBad(RolloutState state) =>
        state is RolloutState.Failed or RolloutState.RollingBack or RolloutState.RolledBack or RolloutState.Cancelled;

    private sealed record Visit(RolloutState State, DateTimeOffset Since);
}
