using MyApp.Deployment.Builds;

namespace MyApp.Deployment.Rollouts;

/// <summary>Builds what a rollout ships: in this process, or by asking another. Asked again for the same rollout, it goes on or answers as before.</summary>
/// <param name="request">For one platform.</param>
/// <param name="notes">Told each step when it is over.</param>
public delegate Task<BuildResult> ShipBuild(Rollout rollout, BuildRequest request, IProgress<BuildNote> notes, CancellationToken ct);
