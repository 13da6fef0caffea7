using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Api.Console.Models;

namespace MyApp.Api.Console;

/// <summary>How the parts of the control plane are, for the head of every page.</summary>
internal static class ConsoleHealth
{
    private static readonly (string Check, string Name)[] Parts = [("postgresql", "PostgreSQL"), ("redis", "Redis"), ("guard", "Guard")];

    public static async Task<IReadOnlyList<PartHealth>> ReadAsync(HealthCheckService checks, CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(registration => Parts.Any(p => p.Check == registration.Name), ct);
        return
        [
            .. from part in Parts
               where report.Entries.ContainsKey(part.Check)
               let entry = report.Entries[part.Check]
               select new PartHealth(part.Name, StateOf(entry.Status), entry.Status == HealthStatus.Healthy ? null : entry.Description),
        ];
    }

    private static PartState StateOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => PartState.Ok,
        HealthStatus.Degraded => PartState.Degraded,
        _ => PartState.Away,
    };
}
