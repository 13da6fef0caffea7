using MyApp.Deployment.Approvals;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Deployment.Rollouts;

namespace MyApp.Tests.Deployment.Approvals;

/// <summary>What a signature proves, and for what.</summary>
public sealed class ApprovalGateTests
{
    private static readonly Rollout Waiting = new()
    {
        Id = Guid.NewGuid(), Service = "orders", Environment = "dev", Kind = RolloutKind.Ship, State = RolloutState.Waiting, RequestedBy = "ada@bench",
        CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public async Task Gate_OpensWithAsManyDifferentPeopleAsAreNeeded()
    {
        using var people = await People.WithAsync("ada", "bob", "eve");
        var release = RolloutBench.Make(new("orders-dev-2", 2)) with { Approval = people.Rule(2, "ada", "bob") };
        ApprovalGate Gate(params string[] signers) => ApprovalGate.For(Waiting, release, null, [.. signers.Select(name => Sign(people[name], Waiting, release))]);

        Assert.False(Gate().IsOpen);
        Assert.False(Gate("ada").IsOpen);
        Assert.False(Gate("ada", "ada").IsOpen);
        Assert.False(Gate("ada", "eve").IsOpen);
        Assert.Equal("2 of ada, bob have to sign; ada has", $"{Gate("ada", "eve")}");
        Assert.True(Gate("ada", "bob").IsOpen);
    }

    [Fact]
    public async Task Signature_UnderAnythingElse_IsNone()
    {
        using var people = await People.WithAsync("ada");
        var release = RolloutBench.Make(new("orders-dev-2", 2)) with { Approval = people.Rule(1, "ada") };
        var approval = Sign(people["ada"], Waiting, release);
        Assert.True(approval.IsValidFor(Waiting, release));

        Assert.False(approval.IsValidFor(Waiting with { Id = Guid.NewGuid() }, release));
        Assert.False((approval with { Rollout = Guid.NewGuid() }).IsValidFor(Waiting, release));
        Assert.False(approval.IsValidFor(Waiting, release with { Artifact = "sha256:" + new string('c', 64) }));
        Assert.False(approval.IsValidFor(Waiting, release with { Unit = release.Unit with { Args = ["--debug"] } }));
        Assert.False(approval.IsValidFor(Waiting, release with { Id = "orders-dev-3" }));
        foreach (var signature in new[] { "", "AAAA", "not base64!", approval.Signature[..^4], new string('A', 400) })
            Assert.False((approval with { Signature = signature }).IsValidFor(Waiting, release));
        foreach (var key in new[] { "", "ed25519:", "ed25519:AAAA", "rsa:" + approval.Key, " " + approval.Key, approval.Key + "\n" })
            Assert.False((approval with { Key = key }).IsValidFor(Waiting, release));
    }

    [Fact]
    public async Task Gate_OfAReleaseWithOtherRules_AsksForThoseOfTheOneBeforeToo()
    {
        using var people = await People.WithAsync("ada", "bob", "eve");
        var before = RolloutBench.Make(new("orders-dev-1", 1)) with { Approval = people.Rule(2, "ada", "bob") };
        var loosened = RolloutBench.Make(new("orders-dev-2", 2)) with { Approval = people.Rule(1, "eve") };
        var removed = RolloutBench.Make(new("orders-dev-2", 2));

        Assert.False(ApprovalGate.For(Waiting, loosened, before, [Sign(people["eve"], Waiting, loosened)]).IsOpen);
        Assert.False(ApprovalGate.For(Waiting, removed, before, []).IsOpen);
        Assert.True(ApprovalGate.For(Waiting, removed, before, [Sign(people["ada"], Waiting, removed), Sign(people["bob"], Waiting, removed)]).IsOpen);
        Assert.True(ApprovalGate.For(Waiting with { Kind = RolloutKind.Rollback }, removed, before, []).IsOpen);
    }

    private static Approval Sign(PersonalKey key, Rollout rollout, Release release)
    {
        var signed = key.Sign(ApprovalStatement.Of(rollout, release));
        return new(rollout.Id, signed.Key, signed.Signature, DateTimeOffset.UnixEpoch);
    }
}
