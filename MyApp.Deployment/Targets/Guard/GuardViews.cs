using System.Text.Json;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Targets.Guard;

/// <summary>What a guard says of a service, as the control plane shows it. Pure.</summary>
public static class GuardViews
{
    private const string Target = "guard";

    private static readonly ServiceState[] WorstFirst =
    [
        ServiceState.CrashLoop, ServiceState.Failed, ServiceState.Waiting, ServiceState.Starting, ServiceState.Running, ServiceState.Stopped,
        ServiceState.Ready,
    ];

    /// <summary>Ready means that all of them are: one that is missing is what a reader must see. Without any it is stopped.</summary>
    public static ServiceState StateOf(IReadOnlyList<InstanceStatus> instances)
    {
        var states = instances.Select(instance => StateOf(instance.State)).ToHashSet();
        return states.Count == 0 ? ServiceState.Stopped : WorstFirst.First(states.Contains);
    }

    public static InstanceView InstanceOf(InstanceStatus instance) => new()
    {
        Id = instance.Id,
        Pid = instance.Pid,
        State = JsonNamingPolicy.CamelCase.ConvertName(instance.State.ToString()),
        Ready = instance.Ready,
        Restarts = instance.Restarts,
        Since = instance.Since,
        MemoryBytes = instance.MemoryBytes,
        CpuPercent = instance.CpuPercent,
        Target = Target,
        Host = Environment.MachineName,
        LastProbe = instance.LastProbe,
        LastExit = instance.LastExit,
        WaitsFor = instance.WaitsFor,
        NextStart = instance.NextStart,
        Enforcement = instance.Enforcement,
        DroppedLines = instance.DroppedLines > 0 ? instance.DroppedLines : null,
    };

    private static ServiceState StateOf(InstanceState state) => state switch
    {
        InstanceState.Ready => ServiceState.Ready,
        InstanceState.Running => ServiceState.Running,
        InstanceState.Starting or InstanceState.Backoff => ServiceState.Starting,
        InstanceState.Waiting => ServiceState.Waiting,
        InstanceState.Stopping or InstanceState.Stopped => ServiceState.Stopped,
        InstanceState.CrashLoop => ServiceState.CrashLoop,
        _ => ServiceState.Failed,
    };
}
