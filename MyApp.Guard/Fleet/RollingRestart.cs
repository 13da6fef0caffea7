using MyApp.Supervision.States;

namespace MyApp.Guard.Fleet;

/// <summary>Restarts the copies of a unit in turn, so that never more are away than its rule allows.</summary>
internal static class RollingRestart
{
    /// <exception cref="OperationCanceledException">It was broken off; copies beyond those of the unit are gone.</exception>
    /// <returns>Why it was broken off, in words; null: every copy has been restarted.</returns>
    public static async Task<string?> RunAsync(UnitRuntime unit, CancellationToken ct)
    {
        var rule = unit.Unit.Rolling;
        var old = unit.Instances;
        var extra = unit.AddSurge(rule.MaxSurge);
        try
        {
            var problem = await UpAsync(extra.Select(i => (i, Process: (int?)null)), ct);
            foreach (var turn in old.Chunk(Math.Max(1, rule.MaxUnavailable + extra.Count)))
            {
                if (problem is not null)
                    return problem;
                ct.ThrowIfCancellationRequested();
                var before = turn.Select(i => (i, i.State.Process?.Pid)).ToList();
                foreach (var instance in turn)
                    instance.Post(new RestartRequested(unit.Now));
                problem = await UpAsync(before, ct);
            }

            return problem;
        }
        finally
        {
            await unit.RemoveSurgeAsync(extra);
        }
    }

    /// <summary>Waits until each is up with another process than before; one that fails ends the wait.</summary>
    private static async Task<string?> UpAsync(IEnumerable<(InstanceLoop Instance, int? Process)> turn, CancellationToken ct)
    {
        foreach (var (instance, process) in turn)
        {
            var reached = await instance.UntilAsync(s => IsUpAgain(s, process) || HasFailed(s), ct);
            if (HasFailed(reached))
                return $"{instance.Id} did not come back, so the rest was left alone: {reached.LastExit}";
        }

        return null;
    }

    private static bool IsUpAgain(Instance state, int? before) =>
        state.Phase is InstancePhase.Ready or InstancePhase.Scheduled or InstancePhase.StandBy && state.Process?.Pid != before;

    private static bool HasFailed(Instance state) =>
        state.Phase is InstancePhase.Stopped or InstancePhase.Failed or InstancePhase.CrashLoop or InstancePhase.Backoff;
}
