using MyApp.Guard.Native;
using MyApp.Supervision.Configs;
using MyApp.Supervision.States;

namespace MyApp.Guard.Fleet;

/// <summary>
/// Gives the copies of a unit other values of its file, one after the other: the file is replaced, SIGHUP says so, and the copy must stay as
/// well as it was. If one does not, all that were told get their earlier values again. A copy that ends meanwhile is started with the earlier ones.
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
            await GiveAsync(unit, late, values, told, ct);
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
            if (await GiveAsync(unit, instance, values, told, ct) is not { } before)
                return null;
            var after = await SettledAsync(instance, before, RefreshRule.Watched(unit.Unit), clock, ct);
            if (after.Phase.IsUp() && after.Process?.Pid == before.Process?.Pid)
                return before.Phase == InstancePhase.Ready && after.Phase != InstancePhase.Ready ? $"{instance.Id} was ready before and not with them: {instance.Status().LastProbe}" : null;
            ct.ThrowIfCancellationRequested();
            return $"{instance.Id} did not go on running with them: {instance.LastCause?.Describe()}";
        }
        catch (Exception e) when (HostTrouble.Is(e))
        {
            return $"the file of {instance.Id} can't be written: {e.Message}";
        }
    }

    // Null: it has ended before it was up, and may be there again.
    private static async Task<Instance?> GiveAsync(UnitRuntime unit, InstanceLoop instance, RevisedValues values, Dictionary<InstanceLoop, int> told, CancellationToken ct)
    {
        // SIGHUP ends a program that has not come to say what it does with it.
        var now = await instance.UntilAsync(s => s.Phase is not (InstancePhase.Spawning or InstancePhase.Starting), ct);
        if (now is not { Process.Pid: var pid } || !now.Phase.IsUp())
            return null;
        told[instance] = pid;
        unit.WriteValues(instance.Id, instance.Ports, values);
        instance.HangUp();
        return now;
    }

    private static async Task<Instance> SettledAsync(InstanceLoop instance, Instance before, TimeSpan time, TimeProvider clock, CancellationToken ct)
    {
        using var enough = new CancellationTokenSource(time, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, ct);
        try
        {
            return await instance.UntilAsync(s => !s.Phase.IsUp() || s.Process?.Pid != before.Process?.Pid, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return instance.State;
        }
    }

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
