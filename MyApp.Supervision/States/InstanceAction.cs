namespace MyApp.Supervision.States;

/// <summary>What the edge has to do after a step, in this order. Results come back as events.</summary>
public enum InstanceAction
{
    /// <summary>Make the process; answered by <see cref="Spawned"/> or <see cref="SpawnFailed"/>.</summary>
    Spawn,

    /// <summary>Ask the startup probe from now on.</summary>
    ProbeStartup,

    /// <summary>Ask the readiness and liveness probes from now on, in place of the startup probe.</summary>
    ProbeHealth,

    StopProbing,

    OpenTraffic,

    CloseTraffic,

    /// <summary>Tell <see cref="Drained"/> as soon as no connection is left.</summary>
    AwaitDrained,

    /// <summary>SIGTERM to the process group.</summary>
    Terminate,

    /// <summary>SIGKILL to the process group.</summary>
    Kill,
}
