using MyApp.Supervision.Control;

namespace MyApp.Api.Instances;

/// <summary>What the guard runs now.</summary>
/// <param name="Trouble">Why this can't be told; then <paramref name="Units"/> is the last that was known, or empty.</param>
internal sealed record LiveStatus(IReadOnlyList<UnitStatus> Units, string? Trouble)
{
    public UnitStatus? Find(string service, string environment, string? release) =>
        Units.FirstOrDefault(u => u.Service == service && u.Environment == environment && u.Release == release);
}
