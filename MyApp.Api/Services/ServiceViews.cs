using MyApp.Api.Instances;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Control;

namespace MyApp.Api.Services;

/// <summary>Joins a service's record with the guard's status. Pure.</summary>
internal static class ServiceViews
{
    private const string GuardTarget = "guard";

    public static ServiceView Of(ServiceRow row, LiveStatus live)
    {
        var unit = live.Find(row.Service, row.Environment, row.CurrentRelease);
        var instances = unit?.Instances.Select(Instance).ToList() ?? [];
        var (state, reason) = State(row, unit, live.Trouble);
        return new ServiceView
        {
            Name = row.Service,
            Environment = row.Environment,
            Release = row.CurrentRelease,
            State = state,
            Instances = instances,
            Url = unit?.Url,
            Reason = reason,
        };
    }

    private static (ServiceState State, string? Reason) State(ServiceRow row, UnitStatus? unit, string? trouble) => (row.CurrentRelease, unit) switch
    {
        (null, _) => (ServiceState.Stopped, "no release has been brought into service yet"),
        (_, null) when trouble is not null => (ServiceState.Waiting, $"not known: {trouble}"),
        (_, null) => (ServiceState.Failed, "the guard does not know the release that has the traffic"),
        (_, { } known) => (Worst(known.Instances), trouble),
    };

    // Ready means all of them are: one that is missing is what a reader must see.
    private static ServiceState Worst(IReadOnlyList<InstanceStatus> instances)
    {
        if (instances.Count == 0)
            return ServiceState.Stopped;
        var states = instances.Select(State).ToHashSet();
        return Order.First(states.Contains);
    }

    private static readonly ServiceState[] Order =
    [
        ServiceState.CrashLoop, ServiceState.Failed, ServiceState.Waiting, ServiceState.Starting, ServiceState.Running, ServiceState.Stopped,
        ServiceState.Ready,
    ];

    private static ServiceState State(InstanceStatus instance) => instance.State switch
    {
        InstanceState.Ready => ServiceState.Ready,
        InstanceState.Running => ServiceState.Running,
        InstanceState.Starting or InstanceState.Backoff => ServiceState.Starting,
        InstanceState.Waiting => ServiceState.Waiting,
        InstanceState.Stopping or InstanceState.Stopped => ServiceState.Stopped,
        InstanceState.CrashLoop => ServiceState.CrashLoop,
        _ => ServiceState.Failed,
    };

    public static InstanceView Instance(InstanceStatus instance) => new()
    {
        Id = instance.Id,
        Pid = instance.Pid,
        State = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(instance.State.ToString()),
        Ready = instance.Ready,
        Restarts = instance.Restarts,
        Since = instance.Since,
        MemoryBytes = instance.MemoryBytes,
        CpuPercent = instance.CpuPercent,
        Target = GuardTarget,
        Host = Environment.MachineName,
        LastProbe = instance.LastProbe,
        LastExit = instance.LastExit,
    };
}
