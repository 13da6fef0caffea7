using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>The three probes and what they fall back to, and the heartbeat.</summary>
/// <param name="ports">Empty also where what was written for them is wrong, which <paramref name="written"/> tells from none.</param>
internal sealed class HealthBinder(IReadOnlyList<UnitPort> ports, bool written, PlaceholderScope scope)
{
    private static readonly TimeSpan LeastHeartbeat = TimeSpan.FromMilliseconds(100);

    public HealthSpec Bind(SpecSection health)
    {
        var readiness = Read(health, "readiness", ProbeBinder.ReadinessDefaults);
        var startup = Read(health, "startup", ProbeBinder.StartupDefaults);
        if (!health.Has("startup"))
            startup = Implied(readiness);
        return new()
        {
            Startup = startup,
            Readiness = readiness,
            Liveness = Read(health, "liveness", ProbeBinder.LivenessDefaults),
            Heartbeat = Heartbeat(health),
        };
    }

    // Without a startup probe a forwarded port would get connections before anybody listens.
    private Probe? Implied(Probe? readiness)
    {
        var defaults = ProbeBinder.StartupDefaults;
        if (readiness is not null)
            return readiness with { Period = defaults.Period, Failures = defaults.Failures, Successes = defaults.Successes, Budget = defaults.Budget };
        return ports.Count > 0 ? defaults with { Tcp = true } : null;
    }

    private Probe? Read(SpecSection health, string key, Probe defaults) =>
        health.IsOn(key) ? new ProbeBinder(ports, written, scope).Bind(health, key, defaults) : null;

    private static HeartbeatRule? Heartbeat(SpecSection health)
    {
        if (!health.IsOn("heartbeat"))
            return null;
        var section = health.Section("heartbeat");
        if (!section.Has("interval") && health.Map.Find("heartbeat") is SpecMap)
            health.Refuse("heartbeat", "a heartbeat needs an interval", "write heartbeat: { interval: 30s }");
        return new(section.Duration("interval", LeastHeartbeat) ?? LeastHeartbeat);
    }
}
