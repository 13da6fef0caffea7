using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Targets.Guard;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Preflight;

/// <summary>What can be said against a spec before anything is built or touched.</summary>
internal static class SpecRules
{
    private const string Platform = "build.platforms";
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(5);

    public static IReadOnlyList<Diagnostic> Check(ServiceSpec spec) =>
        [.. Target(spec), .. Platforms(spec), .. Secrets(spec), .. UnusedAccepts(spec), .. Advice(spec)];

    private static IEnumerable<Diagnostic> Target(ServiceSpec spec)
    {
        if (spec.Target != GuardCapabilities.Target)
            yield return new(Severity.Error, $"target.{spec.Target}", At(spec, "target", $"the target '{spec.Target}' is not there yet"), "target: guard");
    }

    private static IEnumerable<Diagnostic> Platforms(ServiceSpec spec)
    {
        if (spec.Build.Platforms.Count == 0 || spec.Build.Platforms.Contains(Builds.Platforms.Native, StringComparer.Ordinal))
            yield break;
        var severity = Accepts(spec, Platform) ? Severity.Warning : Severity.Error;
        yield return new(
            severity, Platform, At(spec, Platform, $"this machine is {Builds.Platforms.Native}, and that is not among the platforms"),
            $"add {Builds.Platforms.Native}, or accept: [build.platforms]");
    }

    private static IEnumerable<Diagnostic> Secrets(ServiceSpec spec)
    {
        var texts = spec.Run.Args.Select((arg, i) => (Path: $"run.args[{i}]", Text: arg)).Concat(spec.Run.Env.Select(pair => (Path: $"run.env.{pair.Key}", Text: pair.Value)));
        foreach (var (path, text) in texts)
        {
            foreach (var name in SpecPlaceholders.Secrets(text))
                yield return new(Severity.Error, $"secret.{name}", At(spec, path, $"{path} needs the secret {name}, and there is no secret store yet"), "remove it, or give the program a file to read it from");
        }
    }

    private static IEnumerable<Diagnostic> UnusedAccepts(ServiceSpec spec)
    {
        foreach (var unknown in spec.Accept.Except([Platform], StringComparer.Ordinal))
        {
            var fix = Nearest.To(unknown, [Platform]) is { } near ? $"did you mean {near}?" : null;
            yield return new(Severity.Warning, "accept", At(spec, "accept", $"accept names '{unknown}', which is no loss of this target"), fix);
        }
    }

    private static IEnumerable<Diagnostic> Advice(ServiceSpec spec)
    {
        if (spec.Ports.Count > 0 && spec.Job is null && spec.Health.Readiness is null)
            yield return new(Severity.Warning, "health.readiness", "no readiness probe: an instance that can't serve keeps getting traffic", "health: { readiness: { http: /health/ready } }");
        if (spec.Stop.Grace < spec.Stop.Drain + StopMargin)
            yield return new(Severity.Warning, "stop.grace", At(spec, "stop", "the grace period is shorter than drain + 5s: requests may be cut off"), "make stop.grace longer");
        if (spec.Run.User == "root")
            yield return new(Severity.Warning, "run.user", At(spec, "run.user", "runs as root"), "remove run.user: the service gets a user of its own");
        if (spec.Environment == "prod" && spec.Run.Env.GetValueOrDefault("GIN_MODE") == "debug")
            yield return new(Severity.Warning, "run.env.GIN_MODE", At(spec, "run.env.GIN_MODE", "debug mode in prod"), "GIN_MODE: release");
        if (spec.Socket == SocketMode.None && spec.Ports.Count > 0 && spec.Job is null)
            yield return new(Severity.Warning, "socket", "with socket: none two releases can't run side by side: stop the service before each ship", "socket: forward");
    }

    private static bool Accepts(ServiceSpec spec, string code) => spec.Accept.Contains(code, StringComparer.Ordinal);

    // The nearest place that was written: 'socket' for socket.inherit, 'resources' for a whole section.
    private static string At(ServiceSpec spec, string path, string message)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('.') is > 0 and var dot ? at[..dot] : "")
        {
            if (spec.Origins.TryGetValue(at, out var origin))
                return $"{origin}: {message}";
        }

        return message;
    }
}
