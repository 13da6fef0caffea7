using MyApp.Supervision.Control;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Rollouts;

public abstract record HealthVerdict
{
    private HealthVerdict()
    {
    }

    /// <summary>Every replica is ready.</summary>
    public sealed record Ready : HealthVerdict;

    public sealed record NotYet : HealthVerdict;

    /// <param name="Reason">For a person: what is wrong, then the probe's answer, the exit's cause and the last lines.</param>
    public sealed record Failed(string Reason) : HealthVerdict;
}

/// <summary>Judges what a target says of a release. Pure; time arrives as an argument.</summary>
public static class HealthGate
{
    /// <summary>Before the switch: is it ready, and if not, is there still hope?</summary>
    /// <param name="waited">Since this release was started, or since the runner began to look again.</param>
    public static HealthVerdict Verify(Unit unit, UnitStatus status, TimeSpan waited, TimeSpan margin)
    {
        if (status.Instances.FirstOrDefault(instance => IsHopeless(unit, instance)) is { } lost)
            return new HealthVerdict.Failed(HealthReport.Write($"{unit.Release} {Word(lost.State)}", lost));
        if (status.Instances.Count >= unit.Replicas && status.Instances.All(instance => IsWell(unit, instance)))
            return new HealthVerdict.Ready();
        var budget = (unit.Startup?.Budget ?? TimeSpan.FromSeconds(60)) + margin;
        if (waited < budget)
            return new HealthVerdict.NotYet();
        var late = status.Instances.FirstOrDefault(instance => !IsWell(unit, instance));
        var headline = $"{unit.Release} was not ready within {budget.TotalSeconds:0.#} s";
        return new HealthVerdict.Failed(late is null ? headline : HealthReport.Write(headline, late));
    }

    /// <summary>After the switch: has it stayed well? Ready: yes, so far.</summary>
    /// <param name="restarts">Of all instances together, when the bake began.</param>
    public static HealthVerdict Bake(Unit unit, UnitStatus status, int restarts)
    {
        var ill = status.Instances.FirstOrDefault(instance => IsHopeless(unit, instance) || instance.State == InstanceState.Backoff);
        if (ill is not null)
            return new HealthVerdict.Failed(HealthReport.Write($"{unit.Release} {Word(ill.State)} after it got the traffic", ill));
        if (status.Instances.Sum(instance => instance.Restarts) > restarts)
            return new HealthVerdict.Failed(HealthReport.Write($"{unit.Release} was restarted after it got the traffic", status.Instances.MaxBy(i => i.Restarts)!));
        return status.Instances.Count >= unit.Replicas && status.Instances.All(instance => IsWell(unit, instance)) ? new HealthVerdict.Ready() : new HealthVerdict.NotYet();
    }

    /// <summary>A job is never ready: it runs, waits for its time, or is done.</summary>
    private static bool IsWell(Unit unit, InstanceStatus instance) => unit.Job is null
        ? instance.Ready
        : instance.Completed || instance.State is InstanceState.Running or InstanceState.Waiting;

    private static bool IsHopeless(Unit unit, InstanceStatus instance) =>
        instance.State is InstanceState.CrashLoop or InstanceState.Failed
        || (instance.State == InstanceState.Stopped && !(unit.Job is not null && instance.Completed));

    private static string Word(InstanceState state) => state switch
    {
        InstanceState.CrashLoop => "ends again and again without getting ready",
        InstanceState.Failed => "failed and will not be restarted",
        InstanceState.Stopped => "has stopped",
        _ => "ended",
    };
}
