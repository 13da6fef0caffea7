using MyApp.Deployment.ControlPlane;
using MyApp.Deployment.Rollouts;

namespace MyApp.Deployment.Approvals;

/// <summary>A rollout that waits for people, with what they have signed until now.</summary>
public sealed record PendingApproval
{
    private readonly Rollout rollout;
    private readonly Release release;
    private readonly Release? previous;
    private readonly IReadOnlyList<Approval> known;
    private readonly ApprovalGate gate;

    private PendingApproval(Rollout rollout, Release release, Release? previous, IReadOnlyList<Approval> known)
    {
        (this.rollout, this.release, this.previous, this.known) = (rollout, release, previous, known);
        gate = ApprovalGate.For(rollout, release, previous, known);
    }

    public ApprovalView View => new(ApprovalStatement.Of(rollout, release), gate.Needs);

    /// <summary>Null: it waits for nobody, or not now.</summary>
    /// <param name="previous">The release that has the traffic.</param>
    public static PendingApproval? Of(Rollout rollout, Release release, Release? previous, IReadOnlyList<Approval> known)
    {
        var pending = new PendingApproval(rollout, release, previous, known);
        return rollout.State == RolloutState.Waiting && pending.gate.Needs.Count > 0 ? pending : null;
    }

    /// <summary>Nothing is believed of a signature but what it proves.</summary>
    /// <returns>Whose it is and the gate with it; or why it does not count, and the gate as it is.</returns>
    public (string? Name, ApprovalGate Gate, string? Refusal) Judge(Approval approval)
    {
        if (!approval.IsValidFor(rollout, release))
            return (null, gate, "this is not the key's signature under what this rollout brings");
        var name = new[] { release, previous }.Select(each => each?.Approval?.NameOf(approval.Key)).FirstOrDefault(found => found is not null);
        if (name is null)
            return (null, gate, $"the key is nobody's who may sign: {gate}");
        return (name, known.Any(each => each.Key == approval.Key) ? gate : ApprovalGate.For(rollout, release, previous, [.. known, approval]), null);
    }
}
