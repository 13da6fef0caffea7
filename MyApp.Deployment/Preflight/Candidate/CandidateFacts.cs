using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Candidate;

/// <summary>What a release that was started beside the running one answers, before it gets any traffic.</summary>
/// <param name="Answered">Paths of management endpoints that it answered with 2xx.</param>
/// <param name="Telling">Headers that name a product with its version, as <c>Server: x/1.2</c>.</param>
public sealed record CandidateFacts(ServiceSpec Spec, IReadOnlyList<string> Answered, IReadOnlyList<string> Telling);
