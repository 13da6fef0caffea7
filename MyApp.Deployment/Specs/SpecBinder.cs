using MyApp.Deployment.Specs.Yaml;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary>Turns one service's merged tree into a <see cref="ServiceSpec"/>, defaults applied, or into problems.</summary>
internal sealed class SpecBinder(List<SpecProblem> problems)
{
    // All that the language knows; which of them can be deployed to is for the compiler of units to say.
    private static readonly string[] Targets = ["guard", "systemd", "supervisor", "kubernetes", "compose"];

    public ServiceSpec? Bind(SpecMap tree, string environment)
    {
        var before = problems.Count;
        var root = new SpecSection(tree, "", problems);
        var name = root.Checked("service", Names.IsValid, Names.Rule);
        if (!root.Has("service"))
            problems.Add(new("service", "the service has no name", tree.Origin, "write 'service: NAME'"));
        var ports = BindPorts(root);
        var job = JobBinder.Bind(root);
        var socket = BindSocket(root, ports, job);
        var names = ports.Select(port => port.Name).ToHashSet(StringComparer.Ordinal);
        var config = ConfigBinder.Bind(root.Section("config"));
        var scope = new PlaceholderScope(names, config.File is not null);
        var run = BindRun(root.Section("run"), scope);
        var spec = new ServiceSpec
        {
            Service = name ?? "",
            Environment = environment,
            Build = BuildBinder.Bind(root.Section("build"), root.Section("policy")),
            Run = run,
            Config = new AppBinder(config, run, scope with { HasConfig = false }).Bind(root),
            Ports = ports,
            Expose = root.Word("expose", ("loopback", Exposure.Loopback), ("host", Exposure.Host), ("public", Exposure.Public)) ?? Exposure.Loopback,
            Socket = socket,
            OnDemand = LifeBinder.OnDemand(root, socket),
            Health = new HealthBinder(ports, root.Has("port") || root.Has("ports"), scope).Bind(root.Section("health")),
            Job = job,
            Restart = RestartBinder.Bind(root.Section("restart"), isJob: job is not null),
            Stop = StopBinder.Bind(root.Section("stop"), scope),
            Resources = ResourcesBinder.Bind(root.Section("resources")),
            DependsOn = DependencyBinder.Bind(root.Sections("dependsOn"), name, scope with { HasInstance = false }),
            Replicas = root.Number("replicas", 1, 1000) ?? 1,
            Rolling = LifeBinder.Rolling(root, ports.Count > 0 && socket == SocketMode.None),
            Logs = LogBinder.Bind(root.Section("logs")),
            Target = root.Checked("target", Targets.Contains, $"one of {string.Join(", ", Targets)}") ?? "guard",
            Accept = AcceptBinder.Accepted(root),
            Preflight = AcceptBinder.Levels(root.Section("preflight")),
            Origins = OriginIndex.Of(tree),
        };
        RefuseWakingProbes(root, spec);
        return problems.Count == before ? spec : null;
    }

    // Over an inherited socket nobody can tell such a probe's connection from a client's.
    private static void RefuseWakingProbes(SpecSection root, ServiceSpec spec)
    {
        if (spec.OnDemand is null || spec.Socket != SocketMode.Inherit)
            return;
        var health = root.Section("health");
        foreach (var (key, probe) in new[] { ("readiness", spec.Health.Readiness), ("liveness", spec.Health.Liveness) })
        {
            if (probe is { HttpPath: not null } or { Tcp: true } or { Grpc: not null })
                health.Refuse(key, $"{health.PathOf(key)} would keep a service on demand up for ever, as with socket: inherit its connections count", "ask exec: [/program], or socket: forward");
        }
    }

    private static RunSpec BindRun(SpecSection run, PlaceholderScope scope)
    {
        var args = run.Texts("args") ?? [];
        foreach (var arg in args)
            SpecPlaceholders.Check(arg, run, "args", scope);

        return new()
        {
            Args = args,
            User = run.Checked("user", Names.IsUser, "a user's name, e.g. orders"),
            WorkingDirectory = run.Checked("workdir", Path.IsPathFullyQualified, "an absolute path"),
            Env = BindEnv(run.Section("env"), scope),
            Process = ProcessBinder.Bind(run),
        };
    }

    private static SortedDictionary<string, string> BindEnv(SpecSection env, PlaceholderScope scope)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in env.Map.Entries)
        {
            if (!Names.IsVariable(entry.Key))
                env.RefuseValue(entry.Key, $"'{entry.Key}' is no name of an environment variable", "letters, digits and _, not beginning with a digit");
            if (env.Map.Find(entry.Key) is SpecScalar { IsNull: true, Text: "" })
                env.RefuseValue(entry.Key, $"{env.PathOf(entry.Key)} has no value", "write \"\" for an empty one");
            else if (env.Text(entry.Key) is { } text)
                values[entry.Key] = text;
            if (values.TryGetValue(entry.Key, out var value))
                SpecPlaceholders.Check(value, env, entry.Key, scope);
        }

        return values;
    }

    private static IReadOnlyList<UnitPort> BindPorts(SpecSection root)
    {
        if (root.Has("port") && root.Has("ports"))
            root.Refuse("ports", "both 'port' and 'ports' are given", "keep one of them");
        if (root.Has("port"))
            return root.Number("port", 1, 65535) is { } single ? [new("http", single)] : [];
        var ports = new List<UnitPort>();
        foreach (var item in root.Sections("ports"))
        {
            var name = item.Checked("name", Names.IsValid, Names.Rule);
            var number = item.Number("port", 1, 65535);
            if (!item.Has("name") || !item.Has("port"))
                item.RefuseValue("", "a port needs a name and a number", "write - { name: http, port: 8080 }");
            if (ports.Any(port => port.Name == name || port.Port == number))
                item.RefuseValue("name", $"the port '{name}' repeats the name or number of another");
            else if (name is not null && number is { } n)
                ports.Add(new(name, n));
        }

        return ports;
    }

    private static SocketMode BindSocket(SpecSection root, IReadOnlyList<UnitPort> ports, JobRule? job)
    {
        var mode = root.Word("socket", ("forward", SocketMode.Forward), ("inherit", SocketMode.Inherit), ("none", SocketMode.None));
        if (mode is SocketMode.Forward or SocketMode.Inherit && ports.Count == 0)
            root.Refuse("socket", "a socket is to be handed over, but the service has no port", "add 'port:'");
        if (mode is SocketMode.Forward or SocketMode.Inherit && job is not null)
            root.Refuse("socket", "a job gets no connections from outside", "remove 'socket:'");
        return mode ?? (ports.Count > 0 && job is null ? SocketMode.Forward : SocketMode.None);
    }
}
