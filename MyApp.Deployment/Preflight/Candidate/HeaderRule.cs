using MyApp.Deployment.Targets;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Preflight.Candidate;

/// <summary>A product with its version in every answer tells whoever looks which of its holes are open.</summary>
internal sealed class HeaderRule : IPreflightRule<CandidateFacts>
{
    public RuleAbout About { get; } = new("candidate.headers", "It is public, and its answers name products and versions", Severity.Note, Severity.Warning);

    public IEnumerable<Complaint> Check(CandidateFacts facts) => facts.Spec.Expose != Exposure.Public ? [] : facts.Telling.Select(header => new Complaint(
        "expose", $"its answers tell '{header}'", "have the program leave the header out"));
}
