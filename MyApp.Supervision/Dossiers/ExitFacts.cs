using MyApp.Supervision.Restarts;
using MyApp.Supervision.States;

namespace MyApp.Supervision.Dossiers;

/// <summary>What the cause of an exit is read from.</summary>
public sealed record ExitFacts
{
    public required ExitCause Cause { get; init; }

    /// <summary>Why it was being stopped, if it was.</summary>
    public StopReason StopReason { get; init; }

    /// <summary>The same in words (<see cref="StopWords"/>).</summary>
    public string? Stopped { get; init; }

    /// <summary>The kernel killed something of it for memory.</summary>
    public bool OutOfMemory { get; init; }

    public long? MemoryLimitBytes { get; init; }

    /// <summary>What it wrote last: to standard output, then to standard error, which counts more; of each oldest first.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>Ports it was to listen on.</summary>
    public IReadOnlyCollection<int> Ports { get; init; } = [];

    /// <summary>Who has a port now, other than the instance; null: nobody.</summary>
    public Func<int, string?> PortOwner { get; init; } = _ => null;
}
