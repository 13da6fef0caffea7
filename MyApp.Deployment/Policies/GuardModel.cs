using MyApp.Supervision.Processes;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>The guard, by the state machine that it runs itself: events go in with their times, chance at its ends and in its middle.</summary>
internal sealed class GuardModel : IRestartModel
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;
    private static readonly ProcessIdentity Process = new(1, 1, "");

    private readonly Unit unit;
    private readonly InstanceMachine least;
    private readonly InstanceMachine middle;
    private readonly InstanceMachine most;
    private Instance state = new();

    public GuardModel(Unit unit)
    {
        // Left out is what would make a start wait for something that no exit tells of.
        this.unit = unit with { DependsOn = [], OnDemand = null, Heartbeat = null, Job = unit.Job is { } job ? job with { Schedule = null } : null };
        InstanceMachine At(double random) => new(this.unit, () => random, _ => null);
        (least, middle, most) = (At(0), At(0.5), At(1));
        Notes = unit.Job?.Schedule is null ? [] : ["what is said to be over runs again at the next time of its schedule"];
    }

    public IReadOnlyList<string> Settings =>
    [
        $"policy {RuleText.Policy(unit.Restart.Policy)}", $"initial {RuleText.Duration(unit.Restart.Initial)}", $"max {RuleText.Duration(unit.Restart.Max)}",
        $"resetAfter {RuleText.Duration(unit.Restart.ResetAfter)}", $"noRestartExits {RuleText.Exits(unit.Restart)}",
        .. unit.Job is { } job ? new[] { $"retries {job.Retries}" } : [],
    ];

    public IReadOnlyList<string> Notes { get; }

    public SimulatedRun Run(int number, TimeSpan start, PlannedExit planned)
    {
        Begin(Epoch + start, planned);
        var end = End(Epoch + start, planned);
        var wasReady = state.WasReady;
        var exited = new Exited(end, state.StopReason == StopReason.None ? planned.Cause : planned.Within(unit.Startup).Cause);
        var pause = Pause(exited);
        var (next, actions) = middle.Next(state, exited);
        state = next;
        return new()
        {
            Number = number,
            Start = start,
            Ready = wasReady,
            End = end - Epoch,
            Reason = next.LastExit ?? exited.Cause.Describe(),
            Then = pause is not null ? AfterExit.Restart : next.Phase == InstancePhase.Failed ? AfterExit.GivenUp : AfterExit.Completed,
            Pause = pause,
            CrashLoop = next.Phase == InstancePhase.CrashLoop,
            Alert = actions.Contains(InstanceAction.Alert),
        };
    }

    // Probes are taken to pass as soon as they are asked.
    private void Begin(DateTimeOffset at, PlannedExit planned)
    {
        if (state.Phase != InstancePhase.Spawning)
            Step(state.Phase == InstancePhase.Waiting ? new StartRequested(at) : new TimerElapsed(at));
        Step(new Spawned(at, Process));
        if (!planned.Ready)
            return;
        if (unit.Startup is { Notify: true })
            Step(new NotifiedReady(at));
        for (var i = 0; i < (unit.Startup?.Successes ?? 0); i++)
            Step(new StartupAnswered(at, true));
        for (var i = 0; i < (unit.Readiness?.Successes ?? 0); i++)
            Step(new ReadinessAnswered(at, true));
    }

    // Where the startup probe's time is over first, that is the end; the program is taken to go at once when told to.
    private DateTimeOffset End(DateTimeOffset at, PlannedExit planned)
    {
        var end = at + planned.After;
        if (state.Phase != InstancePhase.Starting || state.Due is not { } due || due >= end)
            return end;
        Step(new TimerElapsed(due));
        return due;
    }

    private void Step(InstanceEvent happened) => state = middle.Next(state, happened).Next;

    private PauseRange? Pause(Exited exited)
    {
        TimeSpan? Of(InstanceMachine machine) => machine.Next(state, exited).Next switch
        {
            { Phase: InstancePhase.Spawning } => TimeSpan.Zero,
            { Phase: InstancePhase.Backoff or InstancePhase.CrashLoop, Due: { } due } => due - exited.At,
            _ => null,
        };
        return Of(least) is { } from && Of(middle) is { } mean && Of(most) is { } to ? new(from, mean, to) : null;
    }
}
