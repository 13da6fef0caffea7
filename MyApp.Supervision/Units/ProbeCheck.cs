namespace MyApp.Supervision.Units;

/// <summary>The part of <see cref="UnitCheck"/> about probes and the heartbeat.</summary>
internal static class ProbeCheck
{
    public static void Problems(Unit unit, Action<bool, string> check)
    {
        foreach (var (name, probe) in new[] { ("startup", unit.Startup), ("readiness", unit.Readiness), ("liveness", unit.Liveness) })
        {
            if (probe is not null)
                OfProbe(unit, name, probe, check);
        }

        check(unit.Heartbeat is { } heartbeat && heartbeat.Interval <= TimeSpan.Zero, "heartbeat.interval: must be above zero");
    }

    private static void OfProbe(Unit unit, string name, Probe probe, Action<bool, string> check)
    {
        bool[] asked = [probe.HttpPath is not null, probe.Tcp, probe.Exec.Count > 0, probe.Grpc is not null, probe.Notify];
        var asksPort = probe.HttpPath is not null || probe.Tcp || probe.Grpc is not null;
        check(asked.Count(one => one) != 1, $"{name}: exactly one of httpPath, tcp, exec, grpc and notify must be set");
        check(probe.HttpPath is { } path && (!path.StartsWith('/') || path.Any(c => c is <= ' ' or >= (char)127)),
            $"{name}.httpPath: must start with '/' and be plain ASCII without spaces");
        check(probe.Https && probe.HttpPath is null, $"{name}.https: goes with httpPath only");
        check(!UnitCheck.IsCommand(probe.Exec), $"{name}.exec: must begin with an absolute path and hold no NUL");
        check(probe.Grpc is { } service && service.Any(c => c is <= ' ' or >= (char)127), $"{name}.grpc: must be plain ASCII without spaces");
        check(probe.Notify && name != "startup", $"{name}.notify: only a startup probe can wait for READY=1");
        check(asksPort && unit.Ports.Count == 0, $"{name}: there is no port to ask");
        check(!asksPort && probe.Port is not null, $"{name}.port: goes with httpPath, tcp and grpc only");
        check(asksPort && probe.Port is { } port && unit.Ports.All(p => p.Name != port), $"{name}.port: there is no port '{probe.Port}'");
        check(probe.Period <= TimeSpan.Zero || probe.Timeout <= TimeSpan.Zero, $"{name}: period and timeout must be above zero");
        check(probe.Failures < 1 || probe.Successes < 1, $"{name}: failures and successes must be at least 1");
        check(name == "startup" && probe.Budget <= TimeSpan.Zero, "startup.budget: must be above zero");
    }
}
