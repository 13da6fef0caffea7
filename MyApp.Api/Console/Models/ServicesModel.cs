using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Api.Console.Models;

/// <summary>What the page of all services shows.</summary>
/// <param name="Rollouts">The latest of any service, newest first.</param>
/// <param name="Builds">The latest of any service, newest first.</param>
public sealed record ServicesModel(IReadOnlyList<ServiceView> Services, IReadOnlyList<Rollout> Rollouts, IReadOnlyList<BuildView> Builds)
{
    /// <summary>Those that need a person first, then by name.</summary>
    public IEnumerable<ServiceView> InOrder => Services
        .OrderByDescending(s => s.State is ServiceState.Failed or ServiceState.CrashLoop)
        .ThenBy(s => s.Name, StringComparer.Ordinal)
        .ThenBy(s => s.Environment, StringComparer.Ordinal);

    /// <summary>The rollout under way for a service, if any.</summary>
    public Rollout? Active(ServiceView service) =>
        Rollouts.FirstOrDefault(r => !r.IsFinal && r.Service == service.Name && r.Environment == service.Environment);
}
