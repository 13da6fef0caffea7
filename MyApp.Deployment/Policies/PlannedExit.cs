using MyApp.Supervision.Restarts;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Policies;

/// <summary>How one run of an instance is to end.</summary>
/// <param name="After">From the start of the process.</param>
/// <param name="Ready">It gets ready at once; false: never.</param>
public sealed record PlannedExit(ExitCause Cause, TimeSpan After, bool Ready)
{
    private const int Sigterm = 15;

    /// <summary>What becomes of it where the target gives up waiting for the startup probe.</summary>
    internal PlannedExit Within(Probe? startup) =>
        !Ready && startup is { } probe && After > probe.Budget ? this with { Cause = new(ExitKind.Killed, Sigterm), After = probe.Budget } : this;
}
