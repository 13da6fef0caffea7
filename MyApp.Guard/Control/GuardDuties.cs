using MyApp.Guard.Metrics;
using MyApp.Guard.Serve;

namespace MyApp.Guard.Control;

/// <summary>What clients may ask of the guard itself.</summary>
/// <param name="Upgrade">Gets a binary that has been checked; answers before anything happens.</param>
internal sealed record GuardDuties(UnitReload Reload, FleetMetrics Metrics, Action<string> Upgrade);
