using MyApp.Guard.Logs;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Ports;
using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Dossiers;

/// <summary>What an instance's loop knows of an exit; the rest is looked up in its log and in the kernel.</summary>
internal sealed record ExitSight
{
    public string Instance { get; init; } = "";

    public required DateTimeOffset EndedAt { get; init; }

    public ExitCause Cause { get; init; } = new(ExitKind.Unknown);

    /// <summary>The state it was in when it ended.</summary>
    public Instance Before { get; init; } = new();

    /// <summary>The state it is in now.</summary>
    public Instance After { get; init; } = new();

    /// <summary>When the process was made; null: by a guard before this one.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    public string? LastProbe { get; init; }

    public long? MaxMemoryBytes { get; init; }

    public double? CpuSeconds { get; init; }
}

/// <summary>Makes the dossier of an exit.</summary>
internal static class ExitWitness
{
    // A service's instances share its log, so more is looked through than is kept.
    private const int LinesLookedThrough = 2_000;
    private const int LinesOfADump = 20_000;

    /// <summary>Reads files and /proc: not to be called from an instance's loop.</summary>
    public static ExitDossier Describe(Unit unit, ExitSight sight, ServiceLog log)
    {
        var output = LinesOf(log, LogStream.Access, sight, LinesLookedThrough);
        var error = LinesOf(log, LogStream.Error, sight, unit.Stop.Quit ? LinesOfADump : LinesLookedThrough);
        var (cause, reason) = ExitReading.Read(new ExitFacts
        {
            Cause = sight.Cause,
            StopReason = sight.Before.StopReason,
            Stopped = StopWords.Of(unit, sight.Before),
            OutOfMemory = sight.Cause is { Kind: ExitKind.Exited or ExitKind.Killed, Detail: { } detail } && detail.StartsWith("out of memory", StringComparison.Ordinal),
            MemoryLimitBytes = unit.Resources.MemoryLimitBytes,
            Lines = [.. output.TakeLast(ExitDossier.KeptLines), .. error.TakeLast(ExitDossier.KeptLines)],
            Ports = [.. sight.Ports.Values],
            PortOwner = PortOwner.Find,
        });
        return new ExitDossier
        {
            Service = unit.Service,
            Environment = unit.Environment,
            Release = unit.Release,
            Instance = sight.Instance,
            Pid = sight.Before.Process?.Pid,
            StartedAt = sight.StartedAt,
            EndedAt = sight.EndedAt,
            Cause = cause,
            Exit = sight.Cause.Describe(),
            Reason = reason,
            Then = Then(sight.After),
            WasReady = sight.Before.WasReady,
            LastProbe = sight.LastProbe,
            Restarts = sight.Before.Restarts,
            MaxMemoryBytes = sight.MaxMemoryBytes,
            MemoryLimitBytes = unit.Resources.MemoryLimitBytes,
            CpuSeconds = sight.CpuSeconds,
            Output = [.. output.TakeLast(ExitDossier.KeptLines)],
            Error = [.. error.TakeLast(ExitDossier.KeptLines)],
            Goroutines = GoroutineDump.Find(error),
        };
    }

    private static List<string> LinesOf(ServiceLog log, LogStream stream, ExitSight sight, int count) =>
    [
        .. log.Read(stream, count, sight.StartedAt, follow: false).Tail
            // A log without prefixes says neither whose a line is nor when it was written.
            .Where(l => l.Instance.Length == 0 || (l.Instance == sight.Instance && l.Time <= sight.EndedAt))
            .Select(l => l.Text),
    ];

    private static string Then(Instance after) => after.Phase switch
    {
        InstancePhase.Backoff or InstancePhase.CrashLoop => $"{(after.Phase == InstancePhase.CrashLoop ? "crash loop; " : "")}started again after {(after.Due - after.Since)?.TotalSeconds ?? 0:0.###} s",
        InstancePhase.Spawning => "started again at once",
        InstancePhase.Scheduled => $"runs again at {after.Due:yyyy-MM-ddTHH:mm:sszzz}",
        InstancePhase.Blocked => "waits for what it depends on",
        InstancePhase.StandBy => "starts with the next connection",
        InstancePhase.Failed => "stays down until someone starts it",
        _ => "stays stopped",
    };
}
