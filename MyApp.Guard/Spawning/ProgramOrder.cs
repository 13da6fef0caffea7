using MyApp.Guard.Containment;

namespace MyApp.Guard.Spawning;

/// <summary>A program run beside an instance, as that is run: a probe, a check.</summary>
/// <param name="Cgroup">Of its own, so that what it leaves behind is ended with it and the instance is not; null: none can be had.</param>
/// <param name="Mark">See <see cref="ProcessTree"/>.</param>
internal sealed record ProgramOrder(SpawnOrder Order, InstanceCgroup? Cgroup, string Mark);
