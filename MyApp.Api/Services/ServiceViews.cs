using MyApp.Api.Instances;
using MyApp.Api.Persistence;
using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Targets.Guard;
using MyApp.Supervision.Control;

namespace MyApp.Api.Services;

/// <summary>Joins a service's record with the guard's status. Pure.</summary>
internal static class ServiceViews
{
    public static ServiceView Of(ServiceRow row, LiveStatus live)
    {
        var unit = live.Find(row.Service, row.Environment, row.CurrentRelease);
        var instances = unit?.Instances.Select(GuardViews.InstanceOf).ToList() ?? [];
        var (state, reason) = State(row, unit, live.Trouble);
        return new ServiceView
        {
            Name = row.Service,
            Environment = row.Environment,
            Release = row.CurrentRelease,
            State = state,
            Job = unit?.Job == true ? true : null,
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
        (_, { } known) => (GuardViews.StateOf(known.Instances), trouble),
    };
}
