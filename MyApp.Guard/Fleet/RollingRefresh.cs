using MyApp.Guard.Native;
using MyApp.Supervision.Configs;
using MyApp.Supervision.States;

namespace MyApp.Guard.Fleet;

/// <summary>
/// Gives the copies of a unit other values of its file, one after the other: the file is replaced, SIGHUP says so, and the copy must stay as
/// well as it was. If one does not, all that were told get their earlier values again. A copy that ends meanwhile is started with the earlier ones.
/// What has failed before may fail again whatever it is told: it is told once it has run for as long as it would be watched.
/// </summary>
internal static class RollingRefresh
{
    /// <exception cref="OperationCanceledException">It was broken off, and is still under way.</exception>
    public static async Task RunAsync(UnitRuntime unit, RevisedValues values, GuardContext context, CancellationToken ct)
    {
        if (unit.Record.Given.UnderWay != values)
            return;
        var told = new Dictionary<InstanceLoop, int>();
        while (Untold(unit, told) is { } next)
        {
            ct.ThrowIfCancellationRequested();
            if (await TellAsync(unit, next, values, told, context.Clock, ct) is { } problem)
            {
                TakeBack(unit, values, told, problem, context);
                return;
            }
        }

        unit.Change(r => r with { Given = new() { Held = values, Asked = r.Given.Asked == values ? null : r.Given.Asked } });
        // Whoever was started since the last look has the earlier ones; that these do no harm is known by now.
        while (Untold(unit, told) is { } late)
        {
            if (await UpAsync(late, ct) is { } up)
                Give(unit, late, up, values, told);
        }

        context.Report($"{unit.Unit.Release}: other values were given to {told.Count} of its instances");
    }

    private static InstanceLoop? Untold(UnitRuntime unit, Dictionary<InstanceLoop, int> told) => unit.Instances.FirstOrDefault(
        i => i.State is { Phase: >= InstancePhase.Spawning and <= InstancePhase.Ready } now && (now.Process is not { Pid: var pid } || told.GetValueOrDefault(i) != pid));

    // Null: it is as well as it was.
    private static async Task<string?> TellAsync(
        UnitRuntime unit, InstanceLoop instance, RevisedValues values, Dictionary<InstanceLoop, int> told, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            var watched = RefreshRule.Watched(unit.Unit);
            if (await UpAsync(instance, ct) is not { } up || await ProvedAsync(instance, up, watched, clock, ct) is not { } before)
                return null;
            Give(unit, instance, before, values, told);
            var after = await instance.UntilAsync(s => !IsStillUp(s, before), watched, ct);
            if (IsStillUp(after, before))
                return before.Phase == InstancePhase.Ready && after.Phase != InstancePhase.Ready ? $"{instance.Id} was ready before and not with them: {instance.Status().LastProbe}" : null;
            ct.ThrowIfCancellationRequested();
            return $"{instance.Id} did not go on running with them: {instance.LastCause?.Describe()}";
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            return $"the file of {instance.Id} can't be written: {e.Message}";
        }
    }

    // SIGHUP ends a program that has not come to say what it does with it. Null: it has ended before it was up, and may be there again.
    private static async Task<Instance?> UpAsync(InstanceLoop instance, CancellationToken ct)
    {
        var now = await instance.UntilAsync(s => s.Phase is not (InstancePhase.Spawning or InstancePhase.Starting), ct);
        return IsStillUp(now, now) ? now : null;
    }

    // Null: it has failed again, and not because of the values it was to get.
    private static async Task<Instance?> ProvedAsync(InstanceLoop instance, Instance up, TimeSpan watched, TimeProvider clock, CancellationToken ct)
    {
        var left = watched - (clock.GetUtcNow() - up.Started ?? TimeSpan.Zero);
        if (up.Tally.Failures == 0 || left <= TimeSpan.Zero)
            return up;
        var now = await instance.UntilAsync(s => !IsStillUp(s, up), left < watched ? left : watched, ct);
        return IsStillUp(now, up) ? now : null;
    }

    private static void Give(UnitRuntime unit, InstanceLoop instance, Instance now, RevisedValues values, Dictionary<InstanceLoop, int> told)
    {
        told[instance] = now.Process!.Pid;
        unit.WriteValues(instance.Id, instance.Ports, values);
        instance.HangUp();
    }

    private static bool IsStillUp(Instance now, Instance before) => now.Phase.IsUp() && now.Process is { } process && process == before.Process;

    private static void TakeBack(UnitRuntime unit, RevisedValues values, Dictionary<InstanceLoop, int> told, string problem, GuardContext context)
    {
        context.Report($"{unit.Unit.Release}: other values were taken back: {problem}");
        foreach (var (instance, pid) in told)
        {
            try
            {
                unit.WriteValues(instance.Id, instance.Ports, unit.Record.Given.Held);
                if (instance.State is { Process: { } process } now && process.Pid == pid && now.Phase.IsUp())
                    instance.HangUp();
            }
            catch (Exception e) when (HostTrouble.Is(e))
            {
                problem += $"; and the earlier file of {instance.Id} can't be written: {e.Message}";
            }
        }

        unit.Change(r => r.Given.Asked == values ? r with { Given = r.Given with { Problem = problem } } : r);
    }
}
