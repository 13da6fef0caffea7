using MyApp.Supervision.Units;

namespace MyApp.Supervision.States;

/// <summary>Why an instance is being stopped, in words, as its status and the dossier of its exit say it.</summary>
public static class StopWords
{
    /// <returns>Null: it is not.</returns>
    public static string? Of(Unit unit, Instance stopping) => stopping.StopReason switch
    {
        StopReason.Requested or StopReason.Shutdown => "stopped on request",
        StopReason.Restart => "restarted on request",
        StopReason.Idle => "stopped, because nobody was connected",
        StopReason.DependencyLost or StopReason.StoppedWithDependency => $"stopped, because {stopping.LastExit}",
        StopReason.Unhealthy => "liveness probe failed",
        StopReason.Silent => $"no heartbeat within {unit.Heartbeat?.Interval.TotalSeconds:0.###} s",
        StopReason.StartupTimeout => $"startup probe did not pass within {unit.Startup?.Budget.TotalSeconds:0.###} s",
        _ => null,
    };
}
