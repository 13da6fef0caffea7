using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Preflight.Candidate;

/// <summary>What shows a program's insides must not be answered to whoever can reach it.</summary>
internal sealed class EndpointRule : IPreflightRule<CandidateFacts>
{
    public RuleAbout About { get; } = new("candidate.management", "It is public, and answers management endpoints", Severity.Warning, Severity.Error);

    public IEnumerable<Complaint> Check(CandidateFacts facts) => facts.Spec.Expose != Exposure.Public ? [] : facts.Answered.Select(path => new Complaint(
        "expose", $"it answers {path} to whoever can reach it", "turn the endpoint off, or have it on a port of its own that is not public"));
}
