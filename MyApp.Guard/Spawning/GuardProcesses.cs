using MyApp.Guard.Native;

namespace MyApp.Guard.Spawning;

/// <summary>What all process trees of a guard share.</summary>
internal sealed record GuardProcesses(Poller Poller, ProcessTable Table, TimeProvider Clock);
