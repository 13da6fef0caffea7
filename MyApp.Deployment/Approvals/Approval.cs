using System.Text;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Rollouts;

namespace MyApp.Deployment.Approvals;

/// <summary>One person's signature under one rollout.</summary>
/// <param name="Key">The public key in short form.</param>
/// <param name="Signature">Ed25519 over <see cref="ApprovalStatement"/>, in base64.</param>
public sealed record Approval(Guid Rollout, string Key, string Signature, DateTimeOffset At)
{
    /// <summary>A signature that anybody but the key's owner could have made, or under something else, is none.</summary>
    public bool IsValidFor(Rollout rollout, Release release)
    {
        var signature = new byte[128];
        return Rollout == rollout.Id && PublicKey.ParseShort(Key) is { } key && Convert.TryFromBase64String(Signature, signature, out var length)
            && key.Verifies(Encoding.UTF8.GetBytes(ApprovalStatement.Of(rollout, release)), signature[..length]);
    }
}
