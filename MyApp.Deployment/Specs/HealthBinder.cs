using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>The three probes and what they fall back to.</summary>
/// <param name="ports">Empty also where what was written for them is wrong, which <paramref name="written"/> tells from none.</param>
internal sealed class HealthBinder(IReadOnlyList<UnitPort> ports, bool written)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);
    private static readonly Probe StartupDefaults = new() { Period = TimeSpan.FromSeconds(1) };
    private static readonly Probe ReadinessDefaults = new();
    private static readonly Probe LivenessDefaults = new() { Period = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(3) };

    public HealthSpec Bind(SpecSection health)
    {
        var readiness = Read(health, "readiness", ReadinessDefaults);
        var startup = Read(health, "startup", StartupDefaults);
        if (!health.Has("startup"))
            startup = Implied(readiness);
        return new() { Startup = startup, Readiness = readiness, Liveness = Read(health, "liveness", LivenessDefaults) };
    }

    // Without a startup probe a forwarded port would get connections before anybody listens.
    private Probe? Implied(Probe? readiness)
    {
        if (readiness is not null)
            return StartupDefaults with { HttpPath = readiness.HttpPath, Tcp = readiness.Tcp, Port = readiness.Port, Timeout = readiness.Timeout };
        return ports.Count > 0 ? StartupDefaults with { Tcp = true } : null;
    }

    private Probe? Read(SpecSection health, string key, Probe defaults)
    {
        if (!health.Has(key) || health.Map.Find(key) is SpecScalar { Text: "off" })
            return null;
        var section = health.Section(key);
        if (!written)
            health.Refuse(key, $"{health.PathOf(key)} asks a port, but the service has none", "add 'port:'");
        var http = section.Checked("http", IsPath, "a path such as /health/ready");
        var tcp = section.Switch("tcp") ?? false;
        if (section.Has("http") == tcp && health.Map.Find(key) is SpecMap)
            health.Refuse(key, $"{health.PathOf(key)} must ask either http or tcp", "write http: /path, or tcp: true");
        return defaults with
        {
            HttpPath = http,
            Tcp = tcp,
            Port = section.Checked("port", name => (written && ports.Count == 0) || ports.Any(port => port.Name == name), $"the name of one of the ports ({string.Join(", ", ports.Select(p => p.Name))})"),
            Period = section.Duration("period", Least) ?? defaults.Period,
            Timeout = section.Duration("timeout", Least) ?? defaults.Timeout,
            Failures = section.Number("failures", 1, 1000) ?? defaults.Failures,
            Successes = section.Number("successes", 1, 1000) ?? defaults.Successes,
            Budget = section.Duration("budget", Least) ?? defaults.Budget,
        };
    }

    private static bool IsPath(string path) =>
        path.Length is > 0 and < 1024 && path[0] == '/' && path.All(c => c > ' ' && c < 127) && !path.StartsWith("//", StringComparison.Ordinal);
}
