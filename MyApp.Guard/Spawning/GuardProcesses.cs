using MyApp.Guard.Keeping;
using MyApp.Guard.Native;

namespace MyApp.Guard.Spawning;

/// <summary>What all process trees of a guard share.</summary>
internal sealed record GuardProcesses(Poller Poller, ProcessTable Table, TimeProvider Clock)
{
    /// <summary>Null: nobody waits for what a guard before this one has started.</summary>
    public Keeper? Keeper { get; init; }
}
