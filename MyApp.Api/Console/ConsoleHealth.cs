using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyApp.Api.Console.Models;
using MyApp.Api.Instances;

namespace MyApp.Api.Console;

/// <summary>How the parts of the control plane are, for the head of every page.</summary>
internal sealed class ConsoleHealth(HealthCheckService checks, InstanceBoard board)
{
    private static readonly (string Check, string Name)[] Checked = [("postgresql", "PostgreSQL"), ("redis", "Redis")];

    public async Task<IReadOnlyList<PartHealth>> ReadAsync(CancellationToken ct)
    {
        var guard = board.ReadAsync(ct);
        var report = await checks.CheckHealthAsync(registration => Checked.Any(p => p.Check == registration.Name), ct);
        return
        [
            .. from part in Checked
               where report.Entries.ContainsKey(part.Check)
               let entry = report.Entries[part.Check]
               select new PartHealth(part.Name, StateOf(entry.Status), entry.Status == HealthStatus.Healthy ? null : entry.Description),
            (await guard).Trouble is { } trouble ? new PartHealth("Guard", PartState.Away, trouble) : new PartHealth("Guard", PartState.Ok),
        ];
    }

    private static PartState StateOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => PartState.Ok,
        HealthStatus.Degraded => PartState.Degraded,
        _ => PartState.Away,
    };
}
