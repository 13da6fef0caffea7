using MyApp.Deployment.Preflight;
using MyApp.Deployment.Rollouts;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Units;

/// <summary>Spec and release in, unit and diagnostics out. Pure: no file is touched.</summary>
public static class UnitCompiler
{
    /// <param name="toolchain">That of the artifact, which decides what variables tell it its port.</param>
    /// <param name="today">Acceptances that ended before count no more; null: they are taken as they stand.</param>
    public static CompiledUnit Compile(ServiceSpec spec, ReleaseNumber release, string toolchain, DataPaths paths, DateOnly? today = null)
    {
        var diagnostics = PreflightRules.Check(spec, today).Select(finding => finding.ToDiagnostic()).ToList();
        var unit = new Unit
        {
            Service = spec.Service,
            Environment = spec.Environment,
            Release = release.Id,
            Executable = Path.Combine(paths.Release(spec.Service, release.Id), "bin", spec.Service),
            Args = Resolved(spec.Run.Args),
            WorkingDirectory = spec.Run.WorkingDirectory,
            Env = Env(spec, release, toolchain),
            Config = File(spec, release),
            User = spec.Run.User,
            Process = spec.Run.Process,
            Restart = spec.Restart,
            Stop = spec.Stop with { PreStop = Resolved(spec.Stop.PreStop) },
            Job = spec.Job,
            Startup = Asked(spec.Health.Startup),
            Readiness = Asked(spec.Health.Readiness),
            Liveness = Asked(spec.Health.Liveness),
            Heartbeat = spec.Health.Heartbeat,
            Ports = spec.Ports,
            Expose = spec.Expose,
            Socket = spec.Socket,
            OnDemand = spec.OnDemand,
            Replicas = spec.Replicas,
            Rolling = spec.Rolling,
            Logs = LogDefaults.Apply(spec.Logs, spec.Inherits.Prepend(spec.Environment).FirstOrDefault(LogDefaults.Knows) ?? spec.Environment),
            Resources = spec.Resources,
            DependsOn = [.. spec.DependsOn.Select(dependency => dependency with { Exec = Resolved(dependency.Exec) })],
        };
        return new CompiledUnit(unit, diagnostics);

        IReadOnlyList<string> Resolved(IReadOnlyList<string> texts) => [.. texts.Select(text => SpecPlaceholders.Resolve(text, spec.Environment, release.Id))];
        Probe? Asked(Probe? probe) => probe is null ? null : probe with { Exec = Resolved(probe.Exec) };
    }

    private static SortedDictionary<string, string> Env(ServiceSpec spec, ReleaseNumber release, string toolchain)
    {
        // Programs look up their tools by it; everything else a service needs is its spec's to say.
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin" };
        if (spec.Ports.Count > 0)
        {
            // Behind the forwarder an instance is for this machine alone, whoever may connect to the service.
            var host = spec.Socket == SocketMode.None && spec.Expose != Exposure.Loopback ? "0.0.0.0" : "127.0.0.1";
            env["PORT"] = "${port}";
            env["ADDR"] = host + ":${port}";
            if (toolchain == BuildSpec.Dotnet)
            {
                env["ASPNETCORE_URLS"] = $"http://{host}:${{port}}";
                env["HTTP_PORTS"] = "${port}";
            }
        }

        foreach (var (variable, _, value) in spec.Config.AsVariables ? spec.Config.Variables : [])
            env[variable] = SpecPlaceholders.Resolve(value.Text, spec.Environment, release.Id);
        if (spec.Config.File is { } file)
            env[file.Variable] = "${config}";
        foreach (var (name, value) in spec.Run.Env)
            env[name] = SpecPlaceholders.Resolve(value, spec.Environment, release.Id);
        return env;
    }

    private static ConfigFile? File(ServiceSpec spec, ReleaseNumber release)
    {
        if (spec.Config.File is not { } file)
            return null;
        var values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal);
        foreach (var (key, value) in spec.Config.Values)
            values[key] = value with { Text = SpecPlaceholders.Resolve(value.Text, spec.Environment, release.Id) };
        return new() { Name = file.Name, Format = file.Format, Prefix = file.Format == ConfigFormat.Dotenv ? spec.Config.Prefix : "", Refreshable = spec.Config.OnChange == ConfigReaction.Signal, Values = values };
    }
}
