using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>One probe: exactly one question, and how often it is asked.</summary>
/// <param name="ports">Those that can be asked.</param>
/// <param name="written">False: the service has no port. True with no <paramref name="ports"/>: they are wrong, which is told elsewhere.</param>
internal sealed class ProbeBinder(IReadOnlyList<UnitPort> ports, bool written, PlaceholderScope scope)
{
    private const string Fix = "write one of http: /path, tcp: true, grpc: on and exec: [/program]";
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);

    public static Probe StartupDefaults { get; } = new() { Period = TimeSpan.FromSeconds(1) };

    public static Probe ReadinessDefaults { get; } = new();

    public static Probe LivenessDefaults { get; } = new() { Period = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(3) };

    public Probe Bind(SpecSection health, string key, Probe defaults)
    {
        var section = health.Section(key);
        var probe = defaults with
        {
            HttpPath = !section.IsOn("http") ? null : section.Checked("http", IsPath, "a path such as /health/ready"),
            Https = section.Switch("https") ?? false,
            Tcp = section.Switch("tcp") ?? false,
            Exec = SpecPlaceholders.Command(section, "exec", scope),
            Grpc = Grpc(section),
            Notify = section.Switch("notify") ?? false,
            Port = Port(section),
            Period = section.Duration("period", Least) ?? defaults.Period,
            Timeout = section.Duration("timeout", Least) ?? defaults.Timeout,
            Failures = section.Number("failures", 1, 1000) ?? defaults.Failures,
            Successes = section.Number("successes", 1, 1000) ?? defaults.Successes,
            Budget = section.Duration("budget", Least) ?? defaults.Budget,
        };
        if (health.Map.Find(key) is SpecMap)
            Check(health, section, key, probe);
        return probe;
    }

    private void Check(SpecSection health, SpecSection section, string key, Probe probe)
    {
        bool[] asked = [section.IsOn("http"), probe.Tcp, section.IsOn("exec"), probe.Grpc is not null, probe.Notify];
        if (asked.Count(one => one) != 1)
            health.Refuse(key, $"{health.PathOf(key)} must ask exactly one of http, tcp, exec, grpc{(key == "startup" ? " and notify" : "")}", Fix);
        var asksPort = !section.IsOn("exec") && !probe.Notify;
        if (asksPort && !written)
            health.Refuse(key, $"{health.PathOf(key)} asks a port, but the service has none", "add 'port:'");
        if (!asksPort && section.Has("port"))
            section.Refuse("port", $"{section.PathOf("port")} goes with http, tcp or grpc only", "remove it");
        if (probe.Https && !section.IsOn("http"))
            section.Refuse("https", $"{section.PathOf("https")} goes with http only", "add http: /path, or remove it");
    }

    // 'on' asks for the server as a whole, which the protocol names with an empty text.
    private static string? Grpc(SpecSection section) => section.Text("grpc") switch
    {
        null or "off" or "false" => null,
        "on" or "true" => "",
        { } name when name.Length <= 255 && name.All(c => c is > ' ' and < (char)127) => name,
        _ => section.Checked("grpc", _ => false, "on, or the name of a service such as orders.v1.Orders"),
    };

    private string? Port(SpecSection section) =>
        section.Checked("port", Names.IsValid, Names.Rule) is null ? null : section.Agreed("port", IsPort, $"the name of one of the ports ({string.Join(", ", ports.Select(p => p.Name))})");

    private bool IsPort(string name) => (written && ports.Count == 0) || ports.Any(port => port.Name == name);

    private static bool IsPath(string path) =>
        path.Length is > 0 and < 1024 && path[0] == '/' && path.All(c => c > ' ' && c < 127) && !path.StartsWith("//", StringComparison.Ordinal);
}
