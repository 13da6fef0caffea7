using MyApp.Deployment.Preflight;
using MyApp.Supervision.Control;

namespace MyApp.Deployment.Rollouts;

/// <summary>Looks at a release that is ready and has no traffic yet; what is an error ends the rollout, and the running release was never touched.</summary>
public delegate Task<IReadOnlyList<Finding>> CandidateCheck(Rollout rollout, UnitStatus status, CancellationToken ct);
