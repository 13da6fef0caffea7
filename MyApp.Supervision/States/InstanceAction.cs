namespace MyApp.Supervision.States;

/// <summary>What the edge has to do after a step, in this order. Results come back as events.</summary>
public enum InstanceAction
{
    /// <summary>Wait for what it depends on; answered by <see cref="DependenciesMet"/> or <see cref="DependencyTimedOut"/>.</summary>
    AwaitDependencies,

    /// <summary>Wait for a connection; answered by <see cref="Wanted"/>.</summary>
    AwaitDemand,

    /// <summary>Wait for nothing any more.</summary>
    StopAwaiting,

    /// <summary>Make the process; answered by <see cref="Spawned"/> or <see cref="SpawnFailed"/>.</summary>
    Spawn,

    /// <summary>Ask the startup probe from now on.</summary>
    ProbeStartup,

    /// <summary>Ask the readiness and liveness probes from now on, in place of the startup probe; watch its dependencies and whether it is idle.</summary>
    Watch,

    /// <summary>Ask and watch nothing any more.</summary>
    Unwatch,

    OpenTraffic,

    CloseTraffic,

    /// <summary>It is ill: ask whether so many of its service may be away; answered by <see cref="RestartGranted"/>, at once or later.</summary>
    AskForRestart,

    /// <summary>It is well again, and a restart that was asked for is not wanted.</summary>
    WithdrawRestart,

    /// <summary>Tell <see cref="Drained"/> as soon as no connection is left.</summary>
    AwaitDrained,

    /// <summary>Run the pre-stop program; answered by <see cref="PreStopEnded"/>.</summary>
    RunPreStop,

    /// <summary>SIGTERM to the process group.</summary>
    Terminate,

    /// <summary>SIGQUIT to the process group.</summary>
    Quit,

    /// <summary>SIGKILL to the whole tree.</summary>
    Kill,

    /// <summary>Tell a person that it is in a crash loop; once a loop.</summary>
    Alert,
}
