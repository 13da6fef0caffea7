namespace MyApp.Supervision.Units;

/// <summary>What is wrong with how a unit's connections are to reach it.</summary>
internal static class SocketCheck
{
    public static void Problems(Unit unit, Action<bool, string> check)
    {
        if (unit.Socket != SocketMode.Inherit)
            return;
        check(unit.Ports.Any(p => p.Name.Length == 0 || p.Name.Any(c => c is ':' or <= ' ' or >= (char)127)),
            "ports: with socket: inherit names must be plain ASCII without spaces and colons, which LISTEN_FDNAMES can't hold");
        foreach (var (name, probe) in new[] { ("readiness", unit.Readiness), ("liveness", unit.Liveness) })
            check(unit.OnDemand is not null && probe is not null && (probe.HttpPath is not null || probe.Tcp || probe.Grpc is not null),
                $"{name}: with onDemand and socket: inherit its connections would keep the unit up for ever; use exec or a heartbeat");
    }
}
