using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

/// <summary>
/// Restarts the copies of a unit in turn, so that never more are away than its rule allows. Those that are down already are started first
/// and all at once, as nobody loses by it.
/// </summary>
internal static class RollingRestart
{
    // What Supervisor calls startsecs. Without a probe a program is called ready when it has been started.
    private static readonly TimeSpan Unprobed = TimeSpan.FromSeconds(1);

    /// <exception cref="OperationCanceledException">It was broken off; copies beyond those of the unit are gone.</exception>
    /// <returns>Why it was broken off, in words; null: every copy has been restarted.</returns>
    public static async Task<string?> RunAsync(UnitRuntime unit, CancellationToken ct)
    {
        var down = unit.Instances.Where(i => IsDown(i.State)).ToList();
        if (await RestartAsync(unit, down, ct) is { } problem)
            return problem;
        var rest = unit.Instances.Except(down).ToList();
        return rest.Count == 0 ? null : await InTurnsAsync(unit, rest, ct);
    }

    private static async Task<string?> InTurnsAsync(UnitRuntime unit, IReadOnlyList<InstanceLoop> old, CancellationToken ct)
    {
        var rule = unit.Unit.Rolling;
        var extra = unit.AddSurge(rule.MaxSurge);
        try
        {
            var problem = await UpAsync(unit.Unit, extra.Select(i => (i, (Instance?)null)), ct);
            foreach (var turn in old.Chunk(Math.Max(1, rule.MaxUnavailable + extra.Count)))
                problem ??= await RestartAsync(unit, turn, ct);
            return problem;
        }
        finally
        {
            await unit.RemoveSurgeAsync(extra);
        }
    }

    private static async Task<string?> RestartAsync(UnitRuntime unit, IReadOnlyList<InstanceLoop> turn, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var before = turn.Select(i => (i, (Instance?)i.State)).ToList();
        foreach (var instance in turn)
            instance.Post(new RestartRequested(unit.Now));
        return await UpAsync(unit.Unit, before, ct);
    }

    /// <summary>Waits until each is up, and no longer what it was before; one that fails ends the wait.</summary>
    private static async Task<string?> UpAsync(Unit unit, IEnumerable<(InstanceLoop Instance, Instance? Before)> turn, CancellationToken ct)
    {
        foreach (var (instance, before) in turn)
        {
            var reached = await ReachedAsync(unit, instance, before, ct);
            if (!IsUpAgain(reached, before, unit.Job is not null))
                return $"{instance.Id} did not come back, so the rest was left alone: {reached.LastExit}";
        }

        return null;
    }

    private static async Task<Instance> ReachedAsync(Unit unit, InstanceLoop instance, Instance? before, CancellationToken ct)
    {
        var isProbed = unit.Startup is not null || unit.Readiness is not null;
        while (true)
        {
            // What was down before says nothing until it has been tried.
            var reached = await instance.UntilAsync(s => s.Since != before?.Since && (IsUpAgain(s, before, unit.Job is not null) || IsDown(s)), ct);
            if (isProbed || reached.Phase != InstancePhase.Ready || await StaysAsync(instance, ct))
                return reached;
        }
    }

    private static async Task<bool> StaysAsync(InstanceLoop instance, CancellationToken ct) =>
        (await instance.UntilAsync(s => s.Phase != InstancePhase.Ready, Unprobed, ct)).Phase == InstancePhase.Ready;

    // A job is up when it runs, and may have come to its end since.
    private static bool IsUpAgain(Instance state, Instance? before, bool isJob) => state.Phase switch
    {
        InstancePhase.Ready => state.Process != before?.Process,
        InstancePhase.Running => isJob && state.Process != before?.Process,
        InstancePhase.Stopped => isJob && state.Completed,
        InstancePhase.Scheduled or InstancePhase.StandBy => true,
        _ => false,
    };

    private static bool IsDown(Instance state) =>
        state.Phase is InstancePhase.Stopped or InstancePhase.Failed or InstancePhase.CrashLoop or InstancePhase.Backoff;
}
